#include "capture/filter.h"

#include <pcap/pcap.h>

#include <fstream>
#include <sstream>

namespace parlance::capture {
namespace {

constexpr int kSnaplen = 262144;
constexpr int kEthernet = 1;

/// libpcap compiles against a handle; a dead one has a link type and nothing else.
struct HandleCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, HandleCloser>;

}  // namespace

struct Filter::Program {
  bpf_program code{};
  ~Program() { pcap_freecode(&code); }
};

namespace {

/// An empty text if the expression could be compiled.
std::string compile(const std::string& expression, int link_type, bpf_program& code) {
  const Handle handle(pcap_open_dead(link_type, kSnaplen));
  if (!handle) return "libpcap has no memory";
  if (pcap_compile(handle.get(), &code, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) return {};
  return pcap_geterr(handle.get());
}

}  // namespace

Filter::Filter(std::string expression) : expression_(std::move(expression)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::parse(const std::string& expression) {
  Filter filter(expression);
  if (expression.empty()) return filter;
  auto program = std::make_unique<Program>();
  const std::string problem = compile(expression, kEthernet, program->code);
  if (!problem.empty()) return failure("filter '" + expression + "'", problem, "see pcap-filter(7)");
  filter.programs_.emplace(kEthernet, std::move(program));
  return filter;
}

bool Filter::passes(const RawPacket& packet) {
  if (expression_.empty()) return true;
  auto found = programs_.find(packet.link_type);
  if (found == programs_.end()) {
    auto program = std::make_unique<Program>();
    // What makes no sense for a link type ("vlan" on raw IP) lets none of its packets pass.
    if (!compile(expression_, packet.link_type, program->code).empty()) program.reset();
    found = programs_.emplace(packet.link_type, std::move(program)).first;
  }
  if (!found->second) return false;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.octets.size());
  header.len = packet.original_length;
  return pcap_offline_filter(&found->second->code, &header, packet.octets.data()) != 0;
}

Result<std::string> read_filter_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return failure(path, "the filter file cannot be opened");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace parlance::capture
