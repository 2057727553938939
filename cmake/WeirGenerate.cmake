# Generated code: written by Python 3 scripts in tools/ to <build>/generated, never committed.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(WEIR_GENERATED_DIR "${CMAKE_BINARY_DIR}/generated")
set(WEIR_GENERATED_FILES "")   # everything generated; a target depends on all of it
set(WEIR_GENERATED_SOURCES "") # the .c files among it, compiled into libweir

# weir_generate(SCRIPT tools/x.py [INPUTS file…] OUTPUTS <layer>/x.h <layer>/x.c …)
# runs: python3 SCRIPT INPUT… OUTPUT… ; outputs are relative to <build>/generated. Layers call it from layer.cmake.
function(weir_generate)
  cmake_parse_arguments(ARG "" "SCRIPT" "INPUTS;OUTPUTS" ${ARGN})
  set(script "${CMAKE_SOURCE_DIR}/${ARG_SCRIPT}")
  set(inputs "")
  foreach(input IN LISTS ARG_INPUTS)
    get_filename_component(input "${input}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
    list(APPEND inputs "${input}")
  endforeach()
  set(outputs "")
  set(sources ${WEIR_GENERATED_SOURCES})
  foreach(output IN LISTS ARG_OUTPUTS)
    get_filename_component(folder "${WEIR_GENERATED_DIR}/${output}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    list(APPEND outputs "${WEIR_GENERATED_DIR}/${output}")
    if(output MATCHES "\\.c$")
      list(APPEND sources "${WEIR_GENERATED_DIR}/${output}")
    endif()
  endforeach()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND Python3::Interpreter "${script}" ${inputs} ${outputs}
    DEPENDS "${script}" ${inputs}
    COMMENT "Generating ${ARG_OUTPUTS}"
    VERBATIM)
  set(WEIR_GENERATED_SOURCES ${sources} PARENT_SCOPE)
  set(WEIR_GENERATED_FILES ${WEIR_GENERATED_FILES} ${outputs} PARENT_SCOPE)
endfunction()

weir_generate(SCRIPT tools/generate_error_conditions.py INPUTS data/error_conditions.json
              OUTPUTS common/error_conditions.h common/error_conditions.c)
