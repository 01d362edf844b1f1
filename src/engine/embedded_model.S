// The bytes of the home model in the program's read-only data. MINNOW_HOME_MODEL is the file's path.
  .section .rodata
  .balign 64
  .global minnow_home_model_begin
  .hidden minnow_home_model_begin
minnow_home_model_begin:
  .incbin MINNOW_HOME_MODEL
  .global minnow_home_model_end
  .hidden minnow_home_model_end
minnow_home_model_end:
  .byte 0
  .section .note.GNU-stack, "", %progbits
