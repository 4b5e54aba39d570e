// MTProxy's "fake TLS" with the proxy's secret (--mtproxy-secret): hellos like those of TLS 1.3 whose random
// octets are an HMAC under the secret, then records that hold Telegram's obfuscated stream.
//
//   client: hello | server: hello, change of cipher, a record of random octets | client: change of cipher
//   both:   records of application data: the stream, in pieces
//
// Layout as in TDLib's TlsInit and TcpTransport and in the proxy's own source (net-tcp-rpc-ext-server).
// Without secrets there is nothing to do here: tls_finished_length.h has what shows without them.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/mtproxy_hello.h"
#include "protocols/support/tls_handshake.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_records.h"
#include "secrets/tls_secrets.h"

namespace parlance {
namespace {

constexpr uint8_t kRecordsOfAnswer = 3;

class MtproxyTls : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    if (findings.secrets().mtproxies().empty()) return stop("no secret of a proxy was given", findings);
    Side& from = sides_[index(direction)];
    const Bytes view = from.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), findings);
      if (step == 0) break;
      used += step;
    }
    from.input.consume(over_ ? view.size() : used);
  }

  void gap(Direction, uint64_t, Findings& findings) override { stop("a hole in the records", findings); }

 private:
  struct Side {
    InputBuffer input;
    uint32_t left = 0;      // octets of the record that is being read
    bool delivers = false;  // of which the inner channel is told
    bool greeted = false;   // its hello is behind it
  };

  /// Octets used, 0 if more are needed.
  size_t next(Direction direction, Bytes view, Findings& findings) {
    Side& from = sides_[index(direction)];
    if (from.left > 0) return pass(direction, first_of(view, from.left), findings);
    if (!from.greeted) {
      return direction == Direction::to_server ? read_hello(view, findings) : read_answer(view, findings);
    }
    return begin_record(from, view, findings);
  }

  size_t read_hello(Bytes view, Findings& findings) {
    ByteReader reader(view);
    const auto header = read_tls_record_header(reader);
    if (!header) return view.size() < kTlsHeaderOctets ? 0 : refuse("no TLS record", findings);
    const Bytes content = reader.bytes(header->length);
    if (!reader.ok()) return 0;
    const Bytes record = view.first(reader.position());
    const auto* const secret = find_mtproxy_secret(record, findings.secrets().mtproxies());
    if (secret == nullptr) return refuse("the client's hello shows none of the secrets given", findings);
    secret_ = *secret;
    client_random_.assign(random_of_hello_record(record).begin(), random_of_hello_record(record).end());
    sides_[0].greeted = true;
    const Place place{Direction::to_server, 0, record};
    findings.confirm(Strength::proof, "mtproxy-hello", place,
                     "a client's hello whose random octets are an HMAC of it under a proxy's secret");
    findings.support("telegram", Strength::strong, "mtproxy", place, "a hello that only Telegram's proxies take");
    findings.note("telegram.proxied", true);
    note_cover(content, findings);
    return reader.position();
  }

  /// The host that the stream pretends to be for. It has nothing to do with it, so no signature is shown it.
  static void note_cover(Bytes content, Findings& findings) {
    ByteReader reader(content);
    reader.skip(1);
    const auto hello = read_client_hello(reader.bytes(reader.be24()));
    if (hello && !hello->server_name.empty()) findings.note("telegram.cover_host", hello->server_name);
  }

  size_t read_answer(Bytes view, Findings& findings) {
    if (!secret_) return refuse("the server speaks first", findings);
    ByteReader reader(view);
    for (uint8_t records = 0; records < kRecordsOfAnswer; ++records) {
      const bool whole_header = reader.remaining() >= kTlsHeaderOctets;
      const auto header = read_tls_record_header(reader);
      if (!header) return whole_header ? refuse("no TLS record", findings) : 0;
      reader.skip(header->length);
      if (!reader.ok()) return 0;
    }
    const Bytes answer = view.first(reader.position());
    sides_[1].greeted = true;
    if (!answers_mtproxy(answer, client_random_, *secret_)) {
      return refuse("the server's answer does not show the secret", findings);
    }
    findings.confirm(Strength::proof, "mtproxy-answer", {Direction::to_client, 0, answer},
                     "a server's hello whose random octets are an HMAC of its answer under the same secret");
    return reader.position();
  }

  size_t begin_record(Side& from, Bytes view, Findings& findings) {
    ByteReader reader(view);
    const auto header = read_tls_record_header(reader);
    if (!header) return view.size() < kTlsHeaderOctets ? 0 : refuse("no TLS record", findings);
    from.left = header->length;
    from.delivers = header->type == tls_content::kApplication;
    return reader.position();
  }

  size_t pass(Direction direction, Bytes part, Findings& findings) {
    Side& from = sides_[index(direction)];
    from.left -= static_cast<uint32_t>(part.size());
    if (!from.delivers) return part.size();
    if (!inner_) inner_ = findings.open_as("telegram", Carrier::tls, Unit::bytes, {});
    findings.deliver(*inner_, direction, part);
    if (!findings.listening(*inner_)) stop({}, findings);
    return part.size();
  }

  size_t refuse(std::string_view reason, Findings& findings) {
    stop(reason, findings);
    return 0;
  }
  void stop(std::string_view reason, Findings& findings) {
    over_ = true;
    if (secret_) return findings.finish();
    findings.refute(reason);
  }

  std::array<Side, 2> sides_;
  std::optional<MtproxySecrets::Secret> secret_;
  std::vector<uint8_t> client_random_;
  std::optional<ChannelId> inner_;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMtproxyTls;
const ParserModule kMtproxyTls{
    "mtproxy_tls", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<MtproxyTls>(); }};

}  // namespace parlance
