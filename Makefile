# A thin front for CMake: `make` leaves build/weir, build/libweir.so and build/libweir.a.
.PHONY: all quick test run bench check format clean
JOBS ?= $(shell nproc)

all: build/build.ninja
	cmake --build build -j$(JOBS)

# Where a needed package is missing this prints the one command that installs them all.
build/build.ninja: CMakePresets.json
	@tools/setup --check build
	cmake --preset release

# The quick tests in a debug build: asserts, fault points, no optimizer.
quick:
	@tools/setup --auto test
	@test -f build-debug/build.ninja || cmake --preset debug
	cmake --build build-debug -j$(JOBS)
	ctest --test-dir build-debug -L quick -j$(JOBS) --output-on-failure

# All tests of the release build.
test:
	@tools/setup --auto test
	$(MAKE) all
	ctest --test-dir build -j$(JOBS) --output-on-failure

# Count the words of the licence texts that every Debian machine has, as a streaming query.
run:
	@tools/setup --auto build
	$(MAKE) all
	build/weir run examples/wordcount_licences.sql

bench: all
	@if [ -x bench/run ]; then bench/run; else echo "bench/run does not exist yet"; fi

check:
	tools/check

format:
	git ls-files '*.c' '*.h' | xargs -r clang-format-14 -i

clean:
	rm -rf build build-debug build-asan build-tsan build-kill build-fuzz
