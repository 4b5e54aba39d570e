// Filters in the words of pcap-filter(7), by libpcap.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "model/packet.h"

struct bpf_program;

namespace parlance::capture {

/// Runs one expression on packets of any link type, compiled once for each that is met.
class Filter {
 public:
  /// Checks that the expression can be compiled for Ethernet or some other common link type. An empty
  /// one lets everything pass.
  static Result<Filter> parse(const std::string& expression);

  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  bool passes(const RawPacket& packet) { return expression_.empty() || matches(packet); }
  const std::string& expression() const { return expression_; }

 private:
  struct Program;
  explicit Filter(std::string expression);
  std::string add(int link_type);
  bool matches(const RawPacket& packet);
  std::string expression_;
  std::unordered_map<int, std::unique_ptr<Program>> programs_;  ///< by link type; null: none possible
};

/// "147 (USER0)": a link type of a file with libpcap's name for it, if it has one.
std::string link_type_name(int link_type);

/// The words of a filter kept in a file.
Result<std::string> read_filter_file(const std::string& path);

}  // namespace parlance::capture
