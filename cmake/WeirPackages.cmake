# Libraries that weir links where they are installed. A missing one switches its feature off with one printed line;
# code asks with #ifdef WEIR_HAVE_<NAME>.
find_package(PkgConfig)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# weir_optional_package(<NAME> <pkg-config module> <Debian package> <what is missing without it>)
# gives the target weir_package_<NAME> in any case, and WEIR_HAVE_<NAME> where the package is there.
function(weir_optional_package name module debian feature)
  add_library(weir_package_${name} INTERFACE)
  if(PkgConfig_FOUND)
    pkg_check_modules(WEIR_${name} QUIET IMPORTED_TARGET ${module})
  endif()
  if(WEIR_${name}_FOUND)
    target_link_libraries(weir_package_${name} INTERFACE PkgConfig::WEIR_${name})
    target_compile_definitions(weir_package_${name} INTERFACE WEIR_HAVE_${name}=1)
    set(WEIR_HAVE_${name} ON PARENT_SCOPE)
  else()
    message(STATUS "weir: without ${feature} (package ${debian} is missing)")
    set(WEIR_HAVE_${name} OFF PARENT_SCOPE)
  endif()
endfunction()

# In libweir itself.
weir_optional_package(ZSTD libzstd libzstd-dev "zstd compression")
weir_optional_package(LZ4 liblz4 liblz4-dev "LZ4 state and data files")
weir_optional_package(ZLIB zlib zlib1g-dev "gzip and deflate")
weir_optional_package(PCRE2 libpcre2-8 libpcre2-dev "regular expressions")
# In the program, for Spark Connect.
weir_optional_package(NGHTTP2 libnghttp2 libnghttp2-dev "Spark Connect")
weir_optional_package(PROTOBUF_C libprotobuf-c libprotobuf-c-dev "Spark Connect messages")
# In modules, loaded on first use.
weir_optional_package(RDKAFKA rdkafka librdkafka-dev "the Kafka module")
weir_optional_package(MICROHTTPD libmicrohttpd libmicrohttpd-dev "the web module")
# For tests.
weir_optional_package(CMOCKA cmocka libcmocka-dev "unit tests")
