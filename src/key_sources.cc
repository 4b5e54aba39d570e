#include "key_sources.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "capture/file_source.h"
#include "inputs.h"
#include "protocols/support/base64url.h"

namespace parlance {
namespace {

constexpr int64_t kPollNs = 20'000'000;  // between two looks at a log that grows
constexpr size_t kLogsAtMost = 64;  // with blocks of captures: more are not complained of

int64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool is_regular_file(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored);
}

/// The octets of a secret as a link to a proxy has it; none if it is neither of both.
std::vector<uint8_t> octets_of(const std::string& text) {
  const bool is_hex = text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](unsigned char each) {
    return std::isxdigit(each) != 0;
  });
  if (!is_hex) return decode_base64url(text);
  std::vector<uint8_t> octets;
  for (size_t at = 0; at < text.size(); at += 2) {
    octets.push_back(static_cast<uint8_t>(std::stoi(text.substr(at, 2), nullptr, 16)));
  }
  return octets;
}

bool exists(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

}  // namespace

KeySources::~KeySources() {
  for (const Log& each : logs_) {
    if (each.descriptor >= 0) close(each.descriptor);
  }
}

Result<void> KeySources::open(const std::vector<std::string>& files, bool grow) {
  for (const std::string& file : files) {
    Log& log = logs_.emplace_back(Log{file, -1, 0, KeyLogReader(secrets_), grow});
    auto done = read(log);
    const bool may_come = grow && !exists(file);
    if (!done && !may_come) return done;
    if (!grow) log.reader.end();
  }
  secrets_.set_may_grow(grow && !logs_.empty());
  return {};
}

Result<void> KeySources::add_rsa_keys(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (auto added = secrets_.rsa_keys().add_file(file); !added) return added;
  }
  return {};
}

Result<void> KeySources::add_mtproxy_secrets(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (secrets_.mtproxies().add(octets_of(text))) continue;
    return failure("--mtproxy-secret", "this is no secret of an MTProxy, or one too many",
                   "give 32 hexadecimal digits, or what a link to the proxy has behind secret=");
  }
  return {};
}

void KeySources::read_more() {
  if (!secrets_.may_grow()) return;
  const int64_t now = steady_ns();
  if (now - last_read_ns_ < kPollNs) return;
  last_read_ns_ = now;
  for (Log& each : logs_) {
    if (each.grows) (void)read(each);  // what is not there yet may come
  }
}

/// Reads from where it stopped to the end. A log that became shorter was begun anew.
Result<void> KeySources::read(Log& log) {
  if (log.descriptor < 0) {
    // Of a pipe whose writer is slow (a program that decrypts the log, say) all is wanted, unless packets
    // are to be read meanwhile.
    log.descriptor = ::open(log.file.c_str(), O_RDONLY | O_CLOEXEC | (log.grows ? O_NONBLOCK : 0));
    if (log.descriptor < 0) return failure(log.file, std::strerror(errno), "no key log was read");
  }
  struct stat facts {};
  const bool has_size = fstat(log.descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  if (has_size && static_cast<uint64_t>(facts.st_size) < log.position) {
    log.reader.end();
    log.position = 0;
  }
  if (S_ISDIR(facts.st_mode)) return failure(log.file, "this is a folder", "a key log is a file");
  std::array<char, 65536> part;
  for (;;) {
    const ssize_t count = has_size ? pread(log.descriptor, part.data(), part.size(),
                                           static_cast<off_t>(log.position))
                                   : ::read(log.descriptor, part.data(), part.size());
    if (count < 0 && errno != EAGAIN) return failure(log.file, std::strerror(errno));
    if (count <= 0) return {};
    log.position += static_cast<uint64_t>(count);
    log.reader.read({part.data(), static_cast<size_t>(count)});
  }
}

void KeySources::take(const std::string& capture, const capture::Secret& secret) {
  if (secret.type != capture::kTlsKeyLog) return;  // of WireGuard, SSH, ZigBee: not read
  KeyLogReader reader(secrets_);
  reader.read(secret.data);
  reader.end();
  if (reader.bad_lines() == 0 || logs_.size() >= kLogsAtMost) return;
  logs_.push_back({capture + " (secrets block)", -1, 0, std::move(reader)});
}

void KeySources::report_problems() const {
  for (const Log& each : logs_) {
    for (const KeyLogReader::Problem& problem : each.reader.problems()) {
      complain(Error{fmt::format("{}:{}", each.file, problem.line), std::string(problem.what),
                     "the line was passed over"});
    }
    const uint64_t named = each.reader.problems().size(), all = each.reader.bad_lines();
    if (all > named) {
      complain(Error{each.file, fmt::format("{} more lines could not be read", all - named), ""});
    }
  }
}

void KeySources::take_all_of(const capture::FileSource& source, const std::string& file,
                             const Limits& limits) {
  if (!source.may_have_secrets() || !is_regular_file(file)) return;
  const auto again = capture::FileSource::open(file, 0, limits, false);
  if (!again) return;
  (*again)->pass_over_packets();
  std::array<RawPacket, 1> none;
  size_t count = 0;
  while ((*again)->next(none, count) == capture::Next::packets) {
  }
  for (const capture::Secret& each : (*again)->secrets()) take(file, each);  // those before any damage
}

}  // namespace parlance
