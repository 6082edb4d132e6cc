#!/bin/sh
# Makes of the machine that tests one that the documents speak of, in mounts and a host name of its own, and stays until
# it is killed. $1 its host name, $2 its address, $3 a folder for it, $4 the file that becomes /etc/hosts; then DEVICE=PATH
# for each serial device: PATH is the pseudo terminal that stands for it. Prints "ready" when programs can be run there.
set -e
name=$1 address=$2 folder=$3 hosts=$4
shift 4
hostname "$name"
ip address add "$address/24" dev eth0

# Nothing of the real /dev: the documents speak of /dev/ttyS0, which may be this machine's console.
mkdir "$folder/dev"
mount -t tmpfs -o mode=755 tmpfs "$folder/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/fd /dev/stdin /dev/stdout /dev/stderr "$folder/dev"
mkdir "$folder/dev/shm" "$folder/dev/pts" "$folder/sys"
cp -a /dev/ptmx "$folder/dev"
mount --bind /dev/pts "$folder/dev/pts"
for device in "$@"; do
  ln -s "${device#*=}" "$folder/dev/${device%%=*}"
  mkdir -p "$folder/sys/${device%%=*}/device"
done
mkdir -p "$folder/sys/console"
if [ -d "$folder/sys/ttyS0" ]; then
  mkdir "$folder/sys/ttyS0/device/serial8250"
  ln -s serial8250 "$folder/sys/ttyS0/device/driver"
  mkdir -p "$folder/dev/serial/by-id"
  ln -s ../../ttyUSB0 "$folder/dev/serial/by-id/usb-ITead_Sonoff_Zigbee_3.0-if00-port0"
  cd "$folder/sys/ttyUSB0/device"
  echo 0403 >idVendor
  echo 6001 >idProduct
  echo A50285BI >serial
  echo FTDI >manufacturer
  echo 'FT232R USB UART' >product
  cd /
fi
: >"$folder/nothing"
mount --rbind "$folder/dev" /dev
mount --bind "$folder/sys" /sys/class/tty
mount --bind "$folder/nothing" /proc/consoles
[ ! -e /proc/tty/driver/serial ] || mount --bind "$folder/nothing" /proc/tty/driver/serial

# The test holds the other ends of the devices, and an agent leaves a device alone that somebody has open.
mkdir "$folder/nobody"
mount --bind "$folder/nobody" "/proc/$PPID"

# An /etc of its own, to which pages add files; what is there already, it sees and cannot change.
mkdir "$folder/etc" "$folder/etc-of-all"
mount --bind /etc "$folder/etc-of-all"
mount -o remount,bind,ro "$folder/etc-of-all"
ln -s "$folder/etc-of-all"/* "$folder/etc"
cd "$folder/etc"
rm -f hosts sercli ser2net.conf prometheus
cd /
cp "$hosts" "$folder/etc/hosts"
mount --bind "$folder/etc" /etc
mount -t tmpfs tmpfs /run/lock
echo ready
exec sleep infinity
