// SPDX-License-Identifier: Apache-2.0
/**
 * A reproducer that ends in the way its first argument names, for tests that must see each failure
 * class for real: it crashes, hangs, babbles, or brings its kernel down.
 */

/** The body of its `main`, for a workshop to compile. */
export const CHAMELEON = `
  const char *how = argc > 1 ? argv[1] : "";
  const char *what = argc > 2 ? argv[2] : "";
  fprintf(stderr, "asked for '%s'\\n", how);
  if (!strcmp(how, "exit")) return 3;
  if (!strcmp(how, "segv")) *(volatile int *)8 = 1;
  if (!strcmp(how, "hang")) for (;;) pause();
  if (!strcmp(how, "sysrq")) {
    FILE *trigger = fopen("/proc/sysrq-trigger", "w");
    if (trigger) { fputs(what, trigger); fclose(trigger); }
    sleep(60);
  }
  if (!strcmp(how, "power-off")) { reboot(RB_POWER_OFF); sleep(60); }
  if (!strcmp(how, "syscall")) syscall(atoi(what), -1, 0, 0);
  if (!strcmp(how, "babble")) {
    FILE *log = fopen("/dev/kmsg", "w");
    for (int line = 0; log && line < 2000; line++) {
      fprintf(log, "babble %d %060d\\n", line, 0); fflush(log);
    }
  }
  if (!strcmp(how, "flood")) {
    puts("result scenario=s ns=1.5 unexpected_results=0 symbol=x0");
    for (int line = 0; line < 400000; line++) printf("%099d\\n", line);
    return 0;
  }
  if (!strcmp(how, "garbage")) { puts("nothing to see here"); return 0; }
  char address[32] = "none", kind, name[256];
  FILE *symbols = !strcmp(how, "symbol") ? fopen("/proc/kallsyms", "r") : NULL;
  char line[512], place[32];
  while (symbols && fgets(line, sizeof(line), symbols))
    if (sscanf(line, "%31s %c %255s", place, &kind, name) == 3 && !strcmp(name, what))
      strcpy(address, place);
  const char *variable = getenv("CHAMELEON");
  char directory[256], content[256] = "";
  FILE *file = fopen("data/input", "r");
  if (file && !fgets(content, sizeof(content), file)) content[0] = 0;
  printf("round scenario=s ns=2.5 unexpected_results=0\\n");
  printf("result scenario=s ns=1.5 unexpected_results=%d symbol=x%s variable=%s "
         "directory=%s content=x%s\\n", strcmp(how, "wrong") ? 0 : 3, address,
         variable ? variable : "none", getcwd(directory, sizeof(directory)), content);
  return 0;`;
