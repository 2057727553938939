weir_generate(SCRIPT tools/generate_powers_of_ten.py OUTPUTS common/powers_of_ten.h common/powers_of_ten.c)
