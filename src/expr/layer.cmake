weir_generate(SCRIPT tools/generate_unicode_tables.py
              INPUTS /usr/share/unicode/UnicodeData.txt /usr/share/unicode/SpecialCasing.txt
                     /usr/share/unicode/DerivedCoreProperties.txt
              OUTPUTS expr/unicode_tables.c)
