/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/manual.h"

#include "common/base/check.h"
#include "common/base/str.h"

#include <string.h>

/* The digits are those that a command can end with; signals come on top. */
static const struct {
    char digit;
    const char *means;
} exits[] = {
    {'0', "done"},
    {'1', "the work failed: a file, another run, something not there"},
    {'2', "the command line is wrong"},
    {'3', "the input was refused: model, columns, too many bad rows"},
    {'4', "a guard refused to publish; the generation is ready"},
    {'5', "Redis could not be reached or is not fit"},
};

struct manual {
    const char *name;
    const char *exits;
    const char *more;     /* paragraphs behind `about` */
    const char *examples; /* a command line each */
};

static const struct manual manuals[] = {
    {"score", "012345",
     "Rows are read, scored, packed and grouped into buckets before the first\n"
     "is written. A generation is begun, written, verified and ready; then\n"
     "guards compare it with the live one, and one write makes it live. Until\n"
     "then readers see the old one, and whatever ends the run leaves it so.\n"
     "Rejected rows go to a file that can be mended and fed back, with\n"
     "--append. Every row is accounted for:\n"
     "read = written + rejected + duplicate + skipped.\n",
     "  batchgen score --table churn --model churn.json --input users.csv\n"
     "  batchgen score --table churn --model churn.json --input in/ --dry-run\n"
     "  batchgen score --table recs --model m.json --input users.csv \\\n"
     "      --items items.csv --top 10 --memory 4GiB --rate 200000\n"
     "  zcat users.gz | batchgen score --table churn --model churn.json \\\n"
     "      --input - --id-column 0 --header no --no-publish --json\n"
     "  batchgen score --table churn --model churn.json --input mended.csv \\\n"
     "      --append 7\n"},
    {"transform", "0123",
     "A file is written under another name and renamed when it is whole and\n"
     "on disk; --resume leaves out those that are there.\n",
     "  batchgen transform --model churn.json --input in/ --output out/\n"
     "  batchgen transform --model churn.json --input in/ --output out/ \\\n"
     "      --join input --on-bad-row placeholder --resume\n"
     "  batchgen transform --model churn.json --input users.jsonl \\\n"
     "      --content-type jsonl --output-format jsonl --output out/ \\\n"
     "      --output-columns id,prediction\n"},
    {"features", "01235",
     "With --supersede these users are answered live from now on, until a\n"
     "batch that was cut later is published.\n",
     "  batchgen features --table churn --input late.csv\n"
     "  batchgen features --table churn --input changed.csv --supersede\n"},
    {"list", "0125", "",
     "  batchgen list\n"
     "  batchgen list --table churn --json\n"},
    {"show", "0125", "", "  batchgen show 7 --table churn\n"},
    {"publish", "012345",
     "For a generation that --no-publish or a guard left ready, or to go back\n"
     "to the previous one and keep this. One that was rolled back from is bad\n"
     "and needs --force. Of the live one nothing moves.\n",
     "  batchgen publish 7 --table churn\n"
     "  batchgen publish 7 --table churn --force --warm-wait 30s\n"},
    {"rollback", "0125",
     "Servers follow at once. The generation rolled back from stays for a\n"
     "minute and may be published again with --force until then; afterwards\n"
     "the next run or gc removes it. Feature rows are not rolled back.\n",
     "  batchgen rollback --table churn\n"},
    {"gc", "0125",
     "Kept are the live and the previous generation, ready ones newer than\n"
     "live, and for a minute those that were live. A run clears up by itself:\n"
     "this is for what a run that was killed left, if none follows. All keys\n"
     "of this Redis are looked at (SCAN) for those that nothing leads to.\n",
     "  batchgen gc --table churn\n"},
    {"verify", "01235", "",
     "  batchgen verify 7 --table churn\n"
     "  batchgen verify 7 --table churn --sample 1000\n"
     "  batchgen verify 7 --table churn --input users.csv\n"},
    {"diff", "0125", "",
     "  batchgen diff 6 7 --table churn\n"
     "  batchgen diff 6 7 --table churn --json\n"},
    {"plan", "012", "",
     "  batchgen plan --users 1000000 --rate 500\n"
     "  batchgen plan --skew 0.8 --json\n"},
    {"model", "0123",
     "The file is tried in a child process under limits of memory and time\n"
     "first, so a damaged one does no harm.\n",
     "  batchgen model --model churn.json\n"
     "  batchgen model --model model.tar.gz --json\n"},
    {"drop", "0125",
     "There is no way back. While a run holds the lease of the table, drop\n"
     "names it and removes nothing (exit 1). --force takes the lease from it:\n"
     "the run ends within 10 s, or when its generation would become ready,\n"
     "and clears up what it wrote. If it is killed before that, gc finds what\n"
     "it left.\n",
     "  batchgen drop --table churn\n"
     "  batchgen drop --table churn --force\n"},
};

static const struct manual *
manual_of(const struct command_text *text)
{
    struct str rest = str_of(text->usage);
    struct str name = str_cut(&rest, ' ');

    for (size_t i = 0; i < sizeof(manuals) / sizeof(manuals[0]); i++) {
        if (str_eq(str_of(manuals[i].name), name)) {
            return &manuals[i];
        }
    }
    CHECK(!"a command without a manual");
    return NULL;
}

static void
print_exits(const struct manual *m, FILE *out)
{
    fprintf(out, "\nExit status:\n");
    for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
        if (strchr(m->exits, exits[i].digit) != NULL) {
            fprintf(out, "  %c         %s\n", exits[i].digit, exits[i].means);
        }
    }
    fprintf(out, "  130, 143  ended by SIGINT, SIGTERM\n");
}

void
manual_print(const struct command_text *text, const struct option_set *set,
             FILE *out)
{
    const struct manual *m = manual_of(text);

    fprintf(out, "Usage: batchgen %s\n\n%s\n", text->usage, text->about);
    if (m->more[0] != '\0') {
        fprintf(out, "\n%s", m->more);
    }
    fprintf(out, "\nOptions, with [defaults]:\n");
    option_help(set, out);
    fputc('\n', out);
    option_help_values(out);
    print_exits(m, out);
    fprintf(out, "\nExamples:\n%s", m->examples);
}
