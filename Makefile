# lookup - `make help` lists what there is to make.
BUILD    ?= build
ifeq ($(origin CC),default)
CC       := gcc
endif
OPT      ?= -O2 -g
WARN     := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wvla -Wno-missing-field-initializers
# Text cut to fit is meant so; gcc warns of it by its level of optimization.
WARN     += $(if $(findstring clang,$(CC)),,-Wno-format-truncation)
CFLAGS   = -std=gnu11 $(OPT) $(WARN) -I. -pthread -D_GNU_SOURCE $(SAN)
LDFLAGS  = -pthread $(SAN)
LIBS     := -lxgboost -lhiredis -levent_core -levent_pthreads -lcjson -lcrypto -lz -lzstd -lm
FUZZ_SECONDS ?= 10
PYTHON   := /usr/bin/python3

DEPS_BUILD := gcc make pkg-config libc6-dev libevent-dev libhiredis-dev libxgboost-dev \
              libcjson-dev libxxhash-dev libssl-dev zlib1g-dev libzstd-dev
DEPS_TEST  := redis-server redis-tools curl libcmocka-dev libhttp-parser-dev \
              python3 python3-pytest python3-redis python3-numpy python3-boto3 \
              clang-14 clang-format-14 libclang-rt-14-dev universal-ctags valgrind
DEPS_BENCH := wrk nginx-light libnginx-mod-http-lua lua-nginx-redis memcached \
              python3-pandas python3-xgboost python3-fastapi python3-uvicorn \
              python3-uvloop python3-httptools python3-hiredis gnuplot-nox

COMMON   := $(wildcard common/*/*.c)
LOOKUP   := $(filter-out lookup/main.c,$(wildcard lookup/*.c lookup/*/*.c))
BATCHGEN := $(filter-out batchgen/main.c,$(wildcard batchgen/*.c))
UNIT     := $(wildcard tests/common/test_*.c tests/lookup/test_*.c tests/batchgen/test_*.c)
SUPPORT  := $(wildcard tests/support/*.c)
PRELOADS := $(wildcard tests/support/preload/*.c)
FUZZERS  := $(wildcard tests/fuzz/fuzz_*.c)

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
PROGRAMS := $(BUILD)/lookup $(BUILD)/batchgen
TESTS    := $(patsubst %.c,$(BUILD)/%,$(UNIT))
BENCHES  := $(patsubst %.c,$(BUILD)/%,$(wildcard bench/*.c))
SUPPORTS := $(patsubst tests/support/%.c,$(BUILD)/support/%,$(SUPPORT))
PRELOAD  := $(patsubst tests/support/preload/%.c,$(BUILD)/support/%.so,$(PRELOADS))
FUZZBINS := $(patsubst %.c,$(BUILD)/%,$(FUZZERS))

.PHONY: all help deps programs demo test unit e2e san tsan fuzz fuzzers style bench \
        instructions install clean
.SECONDARY:
.DELETE_ON_ERROR:

all: deps                              ## install what is missing, build both programs
	@$(MAKE) programs

programs: $(PROGRAMS) $(SUPPORTS) $(PRELOAD)

help:                                  ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

deps:                                  ## install the Debian packages that are missing
	@tests/support/deps $(DEPS_BUILD) $(DEPS_TEST)

$(BUILD)/libcommon.a: $(call obj,$(COMMON))
$(BUILD)/liblookup.a: $(call obj,$(LOOKUP))
$(BUILD)/libbatchgen.a: $(call obj,$(BATCHGEN))
$(BUILD)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(if $(V),,@echo "  ar    $@";) ar rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo "  cc    $<";) $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/lookup: $(BUILD)/obj/lookup/main.o $(BUILD)/liblookup.a $(BUILD)/libcommon.a
$(BUILD)/batchgen: $(BUILD)/obj/batchgen/main.o $(BUILD)/libbatchgen.a $(BUILD)/libcommon.a
$(SUPPORTS): $(BUILD)/support/%: $(BUILD)/obj/tests/support/%.o $(BUILD)/libcommon.a
$(BUILD)/support/steady: $(call obj,$(wildcard tests/support/steady/*.c))
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/liblookup.a $(BUILD)/libcommon.a
$(TESTS): $(BUILD)/%: $(BUILD)/obj/%.o
$(filter $(BUILD)/tests/lookup/%,$(TESTS)): $(BUILD)/liblookup.a
$(filter $(BUILD)/tests/batchgen/%,$(TESTS)): $(BUILD)/libbatchgen.a
$(TESTS): $(BUILD)/libcommon.a
$(FUZZBINS): $(BUILD)/%: $(BUILD)/obj/%.o $(BUILD)/liblookup.a \
             $(BUILD)/libbatchgen.a $(BUILD)/libcommon.a
$(TESTS): LIBS += -lcmocka
$(BUILD)/tests/lookup/test_http_peer: LIBS += -lhttp_parser
$(FUZZBINS): LIBS += -fsanitize=fuzzer
$(call obj,$(FUZZERS)): WARN += -Wno-missing-prototypes
$(PROGRAMS) $(SUPPORTS) $(BENCHES) $(TESTS) $(FUZZBINS):
	@mkdir -p $(@D)
	$(if $(V),,@echo "  link  $@";) $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(PRELOAD): $(BUILD)/support/%.so: tests/support/preload/%.c Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo "  link  $@";) $(CC) $(filter-out $(SAN),$(CFLAGS)) -fPIC -shared -o $@ $<

test: deps                             ## install, build, unit and end-to-end tests
	$(MAKE) unit
	$(MAKE) e2e

unit: programs $(TESTS) $(BENCHES)     ## unit tests; what bench/ has in C is built
	@tests/support/unit $(TESTS)

e2e: programs                          ## end-to-end tests against a real Redis
	BUILD=$(BUILD) $(PYTHON) -m pytest -p no:cacheprovider -q -rs $(or $(E2E),tests/e2e) $(ARGS)

SAN_OPT  := -O1 -g -fno-omit-frame-pointer
SAN_MAKE  = $(MAKE) BUILD=build/san OPT="$(SAN_OPT)" \
            SAN="-fsanitize=address,undefined -fno-sanitize-recover=undefined"

san: export ASAN_OPTIONS := detect_leaks=1
san: export UBSAN_OPTIONS := print_stacktrace=1
san: export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0
san: deps                              ## unit and end-to-end tests under ASan and UBSan
	+$(SAN_MAKE) unit
	+$(SAN_MAKE) e2e

# Where threads meet. TSan makes gcc 12 see what is not there. libgomp is not
# instrumented: with threads of its own libxgboost would be reported for each
# model that it reads; our programs ask it for none, tests/support/xgb does.
TSAN_UNIT := $(patsubst %,tests/%.c,$(addprefix common/test_,log queue scorer) \
             $(addprefix lookup/test_,flight generation keeper loader mailbox resolver \
             scoring) batchgen/test_pipeline)
TSAN_E2E  := $(patsubst %,tests/e2e/test_%.py,batch_get dialects failure metrics \
             model_only names put_features snapshot snapshot_features superseded switch)
TSAN_MAKE  = $(MAKE) BUILD=build/tsan OPT="$(SAN_OPT) -Wno-maybe-uninitialized" \
             SAN=-fsanitize=thread

tsan: export OMP_NUM_THREADS := 1
tsan: export TSAN_OPTIONS := exitcode=66:die_after_fork=0
tsan: deps                             ## those of threads under TSan; E2E=tests/e2e for all
	+$(TSAN_MAKE) unit UNIT="$(TSAN_UNIT)"
	+$(TSAN_MAKE) e2e E2E="$(or $(E2E),$(TSAN_E2E))"

# libFuzzer needs objects with clang's instrumentation: a build of their own.
fuzz: deps                             ## every parser fuzzed for FUZZ_SECONDS
	@$(MAKE) BUILD=build/fuzz CC=clang-14 OPT="$(SAN_OPT)" \
	         SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" \
	         fuzzers
	@tests/support/fuzz build/fuzz $(FUZZ_SECONDS) $(FUZZERS)

fuzzers: $(FUZZBINS)

style: deps                            ## format, sizes, layers, banned calls
	@tests/support/style

demo: deps                             ## a sample shop, scored, published and served
	@$(MAKE) programs
	@tests/support/demo $(BUILD) $(DEMO)

bench: deps                            ## ours and theirs, side by side
	@tests/support/deps $(DEPS_BENCH)
	@$(MAKE) programs $(BENCHES)
	@BUILD=$(BUILD) bench/run $(ARGS)

instructions: deps                     ## of a request and a row, beside those kept
	@$(MAKE) programs
	@BUILD=$(BUILD) bench/instructions $(ARGS)

PREFIX ?= /usr/local
install: programs                      ## install both programs under PREFIX
	install -D -m 755 $(BUILD)/lookup $(DESTDIR)$(PREFIX)/bin/lookup
	install -D -m 755 $(BUILD)/batchgen $(DESTDIR)$(PREFIX)/bin/batchgen

clean:                                 ## remove what was built
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
