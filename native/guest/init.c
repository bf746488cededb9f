// SPDX-License-Identifier: Apache-2.0
/*
 * PID 1 of a measuring guest: mounts what is needed, reports facts over the result channel, runs
 * the reproducer, sends what it printed, and powers off. It judges nothing and starts no service.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/serial.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "facts.h"
#include "frame.h"
#include "power.h"
#include "process.h"

static const char channel_path[] = "/dev/ttyS1";
static const char arguments_path[] = "/labsweep/argv";
static const char environment_path[] = "/labsweep/env";
static const char exit_port_path[] = "/labsweep/exit-port";
static const char work_directory[] = "/labsweep/work";
static const char stdout_path[] = "/tmp/stdout";
static const char stderr_path[] = "/tmp/stderr";
static const char state_path[] = "/tmp/state";
static const char profile_path[] = "/tmp/profile";

/* Of the files that a supervising program leaves. */
enum { SUPERVISOR_BYTES_MAX = 4 * 1024 * 1024 };
/* Of what a reproducer printed that filled /tmp: it is only shown, and the channel is slow. */
enum { OVERFLOW_BYTES_MAX = 1024 * 1024 };

static int console = -1;
static struct frame_writer channel = {.descriptor = -1};

/* Milestones only. One write a line, and drained, so that none is cut by the power-off. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    char text[512], line[544];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    int length = snprintf(line, sizeof(line), "labsweep-init: %s\n", text);
    if (console < 0 || write(console, line, (size_t)length) < 0)
        return;
    tcdrain(console);
}

static void complain_of_power_off(const char *problem) {
    say("error power-off failed: %s; rebooting instead", problem);
}

/*
 * QEMU is gone with the very write to its exit port, so both ports are drained before it. The
 * console is drained too, as the kernel's own last lines may still wait there.
 */
static _Noreturn void power_off(void) {
    if (channel.descriptor >= 0)
        tcdrain(channel.descriptor);
    if (console >= 0)
        tcdrain(console);
    power_end_by_port(power_read_port(exit_port_path));
    power_end_by_kernel(complain_of_power_off);
}

/* No `end` frame follows an `error` frame: such a run is never taken for a complete one. */
__attribute__((format(printf, 1, 2))) static _Noreturn void fail(const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    say("error %s", text);
    if (channel.descriptor >= 0)
        frame_send(&channel, "error", "%s", text);
    power_off();
}

static bool mount_at(const char *type, const char *directory, const char *data) {
    mkdir(directory, 0755);
    return mount(type, directory, type, MS_NOSUID, data) == 0 || errno == EBUSY;
}

/* The initramfs may have no device nodes at all, and neither may the kernel's devtmpfs. */
static void open_console(void) {
    if (!mount_at("devtmpfs", "/dev", "mode=0755"))
        mount_at("tmpfs", "/dev", "mode=0755");
    mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
    mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
    mknod(channel_path, S_IFCHR | 0600, makedev(4, 65));
    int null = open("/dev/null", O_RDWR);
    for (int descriptor = 0; null >= 0 && descriptor <= STDERR_FILENO; descriptor++)
        if (null != descriptor)
            dup2(null, descriptor);
    console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
}

/* Output is kept in RAM, with a bound: a babbling reproducer must not eat the guest's memory. */
static void mount_file_systems(void) {
    if (!mount_at("proc", "/proc", NULL) || !mount_at("sysfs", "/sys", NULL) ||
        !mount_at("tmpfs", "/tmp", "size=16m,mode=0755"))
        fail("mounting /proc, /sys and /tmp: %s; check the kernel's configuration",
             strerror(errno));
}

/* The node exists for ports that do not, so the driver is asked whether there is hardware. */
static void open_channel(void) {
    int port = open(channel_path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct serial_struct hardware = {.type = PORT_UNKNOWN};
    if (port < 0)
        fail("opening %s: %s; give the guest a second serial port", channel_path,
             strerror(errno));
    if (ioctl(port, TIOCGSERIAL, &hardware) == 0 && hardware.type == PORT_UNKNOWN)
        fail("%s has no hardware; give the guest a second serial port", channel_path);
    struct termios mode;
    if (tcgetattr(port, &mode) != 0)
        fail("reading the mode of %s: %s; is it a serial port?", channel_path, strerror(errno));
    cfmakeraw(&mode);
    cfsetspeed(&mode, B115200);
    mode.c_cflag |= CLOCAL;
    if (tcsetattr(port, TCSANOW, &mode) != 0 || fcntl(port, F_SETFL, 0) != 0)
        fail("setting the mode of %s: %s; is it a serial port?", channel_path, strerror(errno));
    channel.descriptor = port;
}

static void send_fact(void *context, const char *name, const char *value) {
    frame_send(context, "fact", "%s=%s", name, value);
}

static struct program load_program(struct string_list *arguments,
                                   struct string_list *environment) {
    static char *minimal_environment[] = {"PATH=/labsweep:/bin:/usr/bin", NULL};
    const char *problem = strings_read(arguments_path, arguments);
    if (problem != NULL)
        fail("reading %s: %s; write it as NUL-terminated strings", arguments_path, problem);
    struct program program = {.arguments = arguments->list,
                              .environment = minimal_environment,
                              .stdout_path = stdout_path,
                              .stderr_path = stderr_path};
    if (access(environment_path, F_OK) != 0)
        return program;
    problem = strings_read(environment_path, environment);
    if (problem != NULL)
        fail("reading %s: %s; write it as NUL-terminated strings", environment_path, problem);
    program.environment = environment->list;
    return program;
}

/* What the reproducer left running would still write to the files that are sent next. */
static void end_leftovers(void) {
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
}

static void send_cost(const char *name, bool is_known, uint64_t cost_us) {
    char value[32];
    snprintf(value, sizeof(value), "%" PRIu64 ".%03" PRIu64, cost_us / 1000, cost_us % 1000);
    send_fact(&channel, name, is_known ? value : "absent");
}

static void send_costs(const struct program_run *run) {
    send_cost("reproducer_wall_ms", run->was_executed, run->wall_us);
    send_cost("reproducer_user_ms", run->was_executed, run->user_us);
    send_cost("reproducer_system_ms", run->was_executed, run->system_us);
}

static void send_file(const char *kind, const char *path, size_t bytes_max) {
    if (!frame_send_file(&channel, kind, path, bytes_max))
        fail("reading %s back: %s; give the guest more memory", path, strerror(errno));
}

static long long size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (long long)status.st_size : 0;
}

/*
 * What does not fit into /tmp is lost without a word of the kernel, and few programs look at what
 * their writes return. So a /tmp without room means that nothing in it can be trusted to be whole.
 */
static bool report_overflow(void) {
    struct statvfs space;
    char value[160];
    if (statvfs("/tmp", &space) != 0 || space.f_bfree > 0)
        return false;
    snprintf(value, sizeof(value), "stdout=%lld stderr=%lld state=%lld profile=%lld",
             size_of(stdout_path), size_of(stderr_path), size_of(state_path),
             size_of(profile_path));
    send_fact(&channel, "output_overflow_bytes", value);
    return true;
}

/* The files of a supervisor (audit, attribution) are there only where it was in the command. */
static void send_output(const struct program_run *run) {
    if (!run->was_executed)
        return;
    size_t bytes_max = report_overflow() ? OVERFLOW_BYTES_MAX : SIZE_MAX;
    send_file("out", stdout_path, bytes_max);
    send_file("err", stderr_path, bytes_max);
    if (access(state_path, F_OK) == 0)
        send_file("state", state_path, SUPERVISOR_BYTES_MAX);
    if (access(profile_path, F_OK) == 0)
        send_file("profile", profile_path, SUPERVISOR_BYTES_MAX);
}

/*
 * The output stays in RAM until the end of the run: each byte on an emulated serial line leaves
 * the guest and costs a host system call, which would land inside the timed part. For the same
 * reason console and channel are drained before the start.
 */
static void run_program(const struct program *program) {
    say("running");
    tcdrain(channel.descriptor);
    if (chdir(work_directory) != 0 && chdir("/") != 0)
        fail("entering /: %s; the initramfs is damaged", strerror(errno));
    struct program_run run = process_run(program);
    end_leftovers();
    facts_report_end("", send_fact, &channel);
    send_costs(&run);
    send_output(&run);
    frame_send(&channel, "exit", "%s", run.ending);
}

int main(void) {
    if (getpid() != 1) {
        fputs("this init powers the machine off; boot it as PID 1 of a guest (rdinit=/init)\n",
              stderr);
        return 2;
    }
    open_console();
    say("started");
    mount_file_systems();
    open_channel();
    facts_report_start("", send_fact, &channel);
    struct string_list arguments = {0}, environment = {0};
    struct program program = load_program(&arguments, &environment);
    run_program(&program);
    frame_send(&channel, "end", "frames=%llu", (unsigned long long)channel.next_sequence);
    if (channel.failed)
        fail("writing to %s failed; the host may have closed it", channel_path);
    say("done");
    power_off();
}
