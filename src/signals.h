// What the user may ask of a running program: to stop, and for counts.
#pragma once

namespace parlance {

/// From now on SIGINT and SIGTERM ask for a stop (a second one ends the program at once) and SIGUSR1 asks
/// for counts. Waits for input end when one comes.
void catch_signals();

bool stop_was_asked();
/// True once for each time that counts were asked for.
bool counts_were_asked();

}  // namespace parlance
