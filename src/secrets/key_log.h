// Key logs: a text line a secret, as NSS began it (RFC 9850).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "secrets/tls_secrets.h"

namespace parlance {

/// Reads a key log in portions of any size. Lines it cannot read are counted and passed over; what
/// they hold is never repeated.
class KeyLogReader {
 public:
  /// A line that could not be read.
  struct Problem {
    uint64_t line = 0;       ///< the first is 1
    std::string_view what;   ///< a literal
  };

  /// Secrets go to `secrets`, which must outlive the reader.
  explicit KeyLogReader(TlsSecrets& secrets) : secrets_(secrets) {}

  void read(std::string_view text);
  /// The text ends, perhaps without a line end.
  void end();

  uint64_t lines() const { return lines_; }
  uint64_t bad_lines() const { return bad_lines_; }
  /// The first few of them.
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  void take_line(std::string_view line);
  std::string_view problem_of(std::string_view line);
  std::string_view problem_of_rsa(std::string_view name, std::string_view value);

  TlsSecrets& secrets_;
  std::string rest_;          // of a line whose end has not come
  bool passing_over_ = false; // a line too long
  uint64_t lines_ = 0;
  uint64_t bad_lines_ = 0;
  std::vector<Problem> problems_;
};

}  // namespace parlance
