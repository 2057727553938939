# Compiler flags for everything that weir builds.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # gnu17: __int128, typeof
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_DEBUG "-Og -g")

find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  # Paths below the source folder are hashed relative to it, so that several work trees share one cache.
  set(CMAKE_C_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${WEIR_CCACHE})
endif()

add_compile_definitions(_GNU_SOURCE)
# No contraction: a fused multiply-add gives other last bits than the JVM's arithmetic.
add_compile_options(-Wall -Wextra -ffp-contract=off -fno-math-errno -fno-semantic-interposition
                    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wconversion) # clang means more by this flag than gcc does
  if(WEIR_WERROR)
    add_compile_options(-Werror)
  endif()
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(WEIR_X86 ON)
  add_compile_options(-march=x86-64-v2)
endif()
if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
endif()
if(WEIR_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "The fuzzers need clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(WEIR_FAULTS)
  add_compile_definitions(WEIR_FAULTS=1)
endif()
