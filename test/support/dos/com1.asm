; COM1 of a DOS machine, programmed directly as games do: neither DOS nor the BIOS stands in between.
; A program is this file, with its steps in steps.inc. What it saw it writes to RESULT.BIN:
;   1 byte   which step waited in vain, from 1 on; 0 when none did
;   1 byte   how often the inputs were noted, then a byte for each time
;   2 bytes  for each byte that was received: its errors, and its value

bits 16
cpu 8086
org 100h

data_register           equ 3F8h
interrupt_enable        equ 3F9h
fifo_control            equ 3FAh
line_control            equ 3FBh
modem_control           equ 3FCh
line_status             equ 3FDh
modem_status            equ 3FEh

; Of the line control
eight_bits              equ 03h
break_line              equ 40h
divisor_latch           equ 80h
; Of the line status
received                equ 01h
errors                  equ 1Eh                 ; overrun, parity, framing, break
room_to_send            equ 20h
; Of the modem status: CTS 10h, DSR 20h, RI 40h, DCD 80h
inputs                  equ 0F0h

patience                equ 18 * 20             ; ticks of 55 ms

; Steps

; 115200 bit/s, 8 data bits, no parity, 1 stop bit; both outputs off.
%macro open_line 0
        put     line_control, eight_bits | divisor_latch
        put     data_register, 1
        put     interrupt_enable, 0
        put     line_control, eight_bits
        put     interrupt_enable, 0
        put     fifo_control, 7
        put     modem_control, 0
%endmacro

; 1 is DTR, 2 RTS.
%macro outputs 1
        put     modem_control, %1
%endmacro

%macro break_on 0
        put     line_control, eight_bits | break_line
%endmacro

%macro break_off 0
        put     line_control, eight_bits
%endmacro

%macro send 1
        mov     al, %1
        call    send_byte
%endmacro

; Each of the 256 values, in order.
%macro send_every_value 0
        xor     al, al
%%next:
        call    send_byte
        inc     al
        jnz     %%next
%endmacro

; Waits until that many bytes have come in all.
%macro receive 1
        mov     bx, %1
        call    receive_until
%endmacro

; Waits until the inputs are so, and notes them.
%macro inputs_are 1
        mov     bl, %1
        call    wait_for_inputs
%endmacro

; Notes the inputs as they are.
%macro note_inputs 0
        call    read_inputs
        call    note
%endmacro

; Not steps

%macro put 2
        mov     dx, %1
        mov     al, %2
        out     dx, al
%endmacro

%macro step 1+
        inc     byte [step_number]
        call    start_waiting
        %1
%endmacro

        mov     ax, cs
        mov     ds, ax
        mov     es, ax
        cld
        mov     di, bytes
%include "steps.inc"
        mov     byte [step_number], 0
finish:
        mov     ah, 3Ch                         ; create a file
        xor     cx, cx
        mov     dx, file_name
        int     21h
        mov     bx, ax
        mov     dx, step_number
        mov     cx, 2
        call    write_file
        mov     dx, noted
        mov     cl, [note_count]
        xor     ch, ch
        call    write_file
        mov     dx, bytes
        mov     cx, di
        sub     cx, dx
        call    write_file
        mov     ah, 3Eh                         ; close it
        int     21h
        mov     ax, 4C00h
        int     21h

write_file:
        mov     ah, 40h
        int     21h
        ret

; Sends al; meanwhile takes what comes.
send_byte:
        push    ax
.wait:
        call    take
        test    al, room_to_send
        jnz     .send
        call    still_waiting
        jmp     .wait
.send:
        pop     ax
        mov     dx, data_register
        out     dx, al
        ret

; Returns when bx bytes are there.
receive_until:
        shl     bx, 1
        add     bx, bytes
.wait:
        call    take
        cmp     di, bx
        jae     .done
        call    still_waiting
        jmp     .wait
.done:
        ret

wait_for_inputs:
        call    read_inputs
        cmp     al, bl
        je      note
        call    take
        call    still_waiting
        jmp     wait_for_inputs

note:
        mov     bl, [note_count]
        xor     bh, bh
        mov     [noted + bx], al
        inc     byte [note_count]
        ret

read_inputs:
        mov     dx, modem_status
        in      al, dx
        and     al, inputs
        ret

; Keeps a byte if one has come. Returns the line status in al.
take:
        mov     dx, line_status
        in      al, dx                          ; the errors go by this, and are those of the next byte
        test    al, received
        jz      .done
        push    ax
        and     al, errors
        mov     ah, al
        mov     dx, data_register
        in      al, dx
        xchg    al, ah
        stosw
        pop     ax
.done:
        ret

start_waiting:
        push    es
        xor     ax, ax
        mov     es, ax
        mov     ax, [es:46Ch]                   ; the BIOS counts ticks here
        mov     [waiting_since], ax
        pop     es
        ret

; Ends the program when a step has waited too long.
still_waiting:
        push    es
        xor     ax, ax
        mov     es, ax
        mov     ax, [es:46Ch]
        pop     es
        sub     ax, [waiting_since]
        cmp     ax, patience
        jae     finish
        ret

file_name       db 'RESULT.BIN', 0
waiting_since   dw 0
; Together: the beginning of the file.
step_number     db 0
note_count    db 0
noted        times 64 db 0
bytes:
