// Where secrets come from: key logs that the user names, and captures that carry some.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "capture/file_source.h"
#include "secrets/key_log.h"
#include "secrets/tls_secrets.h"

namespace parlance {

/// Fills `secrets` (which must outlive it) from files, once or as they grow.
class KeySources {
 public:
  explicit KeySources(TlsSecrets& secrets) : secrets_(secrets) {}
  ~KeySources();
  KeySources(const KeySources&) = delete;
  KeySources& operator=(const KeySources&) = delete;

  /// Reads these key logs, a pipe to its end. If they are to `grow` they stay open, nobody is waited for,
  /// and they need not be there yet: programs make their log when they need it. An error names what
  /// cannot be read.
  Result<void> open(const std::vector<std::string>& files, bool grow);
  /// Reads private keys of servers. An error names the file.
  Result<void> add_rsa_keys(const std::vector<std::string>& files);
  /// Takes secrets of MTProxies, in hexadecimal or base64url. An error does not repeat the secret.
  Result<void> add_mtproxy_secrets(const std::vector<std::string>& texts);
  /// Reads what was added to logs that grow; costs little if it was called a moment ago.
  void read_more();
  /// Takes a secret that a capture carries.
  void take(const std::string& capture, const capture::Secret& secret);
  /// Takes all of a file that was opened as `source`, wherever in it they stand: a block of secrets may
  /// follow the packets that it opens. So the file is gone through once more; not what can be read but
  /// once, nor other formats than pcapng, which carry none.
  void take_all_of(const capture::FileSource& source, const std::string& file, const Limits& limits);

  /// Complains of lines that could not be read: file, line, what is wrong. Never says what they hold.
  void report_problems() const;

 private:
  struct Log {
    std::string file;
    int descriptor = -1;
    uint64_t position = 0;
    KeyLogReader reader;
    bool grows = false;
  };
  Result<void> read(Log& log);

  TlsSecrets& secrets_;
  std::vector<Log> logs_;  // and blocks of captures in which there is something to complain of
  int64_t last_read_ns_ = 0;
};

}  // namespace parlance
