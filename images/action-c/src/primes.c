/* How many primes there are up to a number: {"upTo": 1000} gives {"primes": 168}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 10000000

/* A program that takes more than one number would bring a JSON library. */
static long number_after(const char *json, const char *key) {
    const char *found = strstr(json, key);
    long value;
    return found && sscanf(found + strlen(key), " : %ld", &value) == 1 ? value : -1;
}

int main(int argc, char **argv) {
    long most = argc > 1 ? number_after(argv[1], "\"upTo\"") : -1;
    if (most < 0 || most > MOST) {
        printf("{\"error\":\"upTo must be a number up to %d\"}\n", MOST);
        return 0;
    }
    char *composite = calloc(most + 1, 1);
    if (!composite)
        return 1;
    long primes = 0;
    for (long number = 2; number <= most; number++) {
        if (composite[number])
            continue;
        primes++;
        for (long multiple = number * number; multiple <= most; multiple += number)
            composite[multiple] = 1;
    }
    printf("{\"primes\":%ld}\n", primes);
    return 0;
}
