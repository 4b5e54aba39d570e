#include "signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace parlance {
namespace {

constexpr int kEndedAtOnce = 130;  // as a shell reports a program that SIGINT ended

// Signals have no other way to their program.
std::atomic<int> g_stops = 0;
std::atomic<bool> g_counts = false;

void on_signal(int signal) {
  if (signal == SIGUSR1) {
    g_counts = true;
  } else if (++g_stops > 1) {
    _exit(kEndedAtOnce);
  }
}

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: a wait for input is to end
  for (const int each : {SIGINT, SIGTERM, SIGUSR1}) sigaction(each, &action, nullptr);
}

bool stop_was_asked() { return g_stops > 0; }
bool counts_were_asked() { return g_counts.exchange(false); }

}  // namespace parlance
