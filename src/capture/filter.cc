#include "capture/filter.h"

#include <pcap/pcap.h>

#include <fstream>
#include <sstream>

namespace parlance::capture {
namespace {

constexpr int kSnaplen = 262144;
constexpr int kEthernet = 1;
// Words such as `type mgt`, `inbound` or `ifname` exist only for some of these.
constexpr int kOthersToTry[] = {101, 105, 113, 117, 127, 276};

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

/// libpcap's own number for a link type of a file. The two differ for raw IP and a few old ones
/// (pcap-linktype(7)).
int libpcap_number(int link_type) {
  switch (link_type) {
    case 100: return DLT_ATM_RFC1483;
    case 101: return DLT_RAW;
    case 102: return DLT_SLIP_BSDOS;
    case 103: return DLT_PPP_BSDOS;
    case 106: return DLT_ATM_CLIP;
    default: return link_type;
  }
}

/// An empty text if the expression could be compiled.
std::string compile(const std::string& expression, int link_type, bpf_program& code) {
  const Handle handle(pcap_open_dead(libpcap_number(link_type), kSnaplen));
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
  const std::string problem = filter.add(kEthernet);
  if (problem.empty()) return filter;
  for (const int link_type : kOthersToTry) {
    if (filter.add(link_type).empty()) return filter;
  }
  return failure("filter '" + expression + "'", problem, "see pcap-filter(7)");
}

bool Filter::matches(const RawPacket& packet) {
  auto found = programs_.find(packet.link_type);
  if (found == programs_.end()) {
    add(packet.link_type);
    found = programs_.find(packet.link_type);
  }
  if (!found->second) return false;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.octets.size());
  header.len = packet.original_length;
  return pcap_offline_filter(&found->second->code, &header, packet.octets.data()) != 0;
}

/// Compiles for a link type; says what is wrong. What makes no sense for it ("vlan" on raw IP) lets
/// none of its packets pass.
std::string Filter::add(int link_type) {
  auto program = std::make_unique<Program>();
  std::string problem = compile(expression_, link_type, program->code);
  if (!problem.empty()) program.reset();
  programs_.emplace(link_type, std::move(program));
  return problem;
}

std::string link_type_name(int link_type) {
  const char* name = pcap_datalink_val_to_name(libpcap_number(link_type));
  const std::string number = std::to_string(link_type);
  return name == nullptr ? number : number + " (" + name + ")";
}

Result<std::string> read_filter_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return failure(path, "the filter file cannot be opened");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace parlance::capture
