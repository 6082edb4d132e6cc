#!/bin/busybox sh
# The first program of the guest: the host's file system becomes the guest's, read-only; then commands are taken over TCP.
set -e
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
for parameter in $(cat /proc/cmdline); do
  case $parameter in
    project=* | address=* | command_port=*) export "$parameter" ;;
  esac
done

# Loose: nothing is looked at again. A guest lives no longer than a test.
mount_host() { mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose "$1" "$2"; }
mount_host host /root
for name in proc sys dev; do mount --move "/$name" "/root/$name"; done
mount -t devpts devpts /root/dev/pts 2>/dev/null || { mkdir /root/dev/pts && mount -t devpts devpts /root/dev/pts; }
for name in tmp run; do mount -t tmpfs tmpfs "/root/$name"; done
mkdir -p /root/run/lock "/root/$project"
# It may lie in /tmp, which is hidden.
mount_host project "/root/$project"

ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up
ip route add 224.0.0.0/4 dev eth0

cat >/root/run/command <<'SCRIPT'
read -r command
sh -c "$command" </dev/null 2>&1 &
echo "pid $!"
wait $!
echo "exit $?"
SCRIPT
cat >/root/run/serve <<'SCRIPT'
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
socat "TCP-LISTEN:$command_port,fork,reuseaddr" "EXEC:sh /run/command" &
until echo true | busybox nc 127.0.0.1 "$command_port" 2>/dev/null | grep -q '^exit 0'; do :; done
echo 'guest is ready' >/dev/hvc0
wait
SCRIPT
exec switch_root /root /bin/busybox sh /run/serve
