// What has been read of an XMPP conversation, in whatever framing it came, and what that proves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/recent.h"
#include "protocols/support/xml_reader.h"

namespace parlance {

/// True if a namespace is one of XMPP's own.
bool is_xmpp_space(std::string_view space);

/// The children of a stream that a reader must know.
enum class XmppElement : uint8_t {
  other,
  features,
  stream_error,
  starttls,  ///< the client asks
  proceed,   ///< the server agrees: TLS begins at the next octet of both
  tls_failure,
  sasl,        ///< RFC 6120 section 6
  sasl2,       ///< XEP-0388
  compress,    ///< XEP-0138: the client asks
  compressed,  ///< the server agrees: zlib begins at the next octet of both
  compress_failure,
  management,  ///< XEP-0198
  dialback,    ///< XEP-0220
  handshake,   ///< XEP-0114
  framing_open,
  framing_close,  ///< RFC 7395
  message,
  presence,
  iq,
};
bool is_stanza(XmppElement element);
XmppElement classify(const XmlElement& element);

/// Says what is found, each thing once for each strength, and keeps the notes of the record.
///
/// Never kept and never given out: character data other than the names of SASL mechanisms and
/// compression methods. Places of evidence are start tags, those of elements whose attributes may
/// be secrets the element's name alone.
class XmppRecord {
 public:
  explicit XmppRecord(std::string_view transport) : transport_(transport) {}

  /// The best strength said so far.
  Strength best() const { return best_; }
  bool tls_offered() const { return tls_offered_; }
  /// As many elements were seen as are worth reading: what is known by now is all there is.
  bool seen_enough() const;
  /// As many elements were seen as should have held one of XMPP, but none was.
  bool seen_nothing() const;

  /// A stream header, or the <open/> that stands for it (RFC 7395 section 3.4). Client and server
  /// are taken from the direction.
  void header(Direction direction, const XmlElement& element, const Place& tag, Findings& findings);
  /// The start tag of a child of the stream.
  void child(Direction direction, XmppElement kind, const XmlElement& element, const Place& tag,
             Findings& findings);
  /// A start tag further inside.
  void inner(Direction direction, const XmlElement& element, Findings& findings);
  /// The end of an element further inside, and its text.
  void inner_end(Direction direction, std::string_view text, Findings& findings);
  /// The child's end.
  void child_end(Direction direction, Findings& findings);

  /// BOSH's wrapper (XEP-0124). `speaks_xmpp`: XEP-0206's namespace stands on it.
  void bosh_body(Direction direction, const XmlElement& element, const Place& tag, bool speaks_xmpp,
                 Findings& findings);
  /// The end of a stream whose header was not seen.
  void stream_end(const Place& tag, Findings& findings);

  void note_transport(std::string_view transport, Findings& findings);

 private:
  struct Side {
    bool header = false;
    std::string content;  // namespace of the header's content
    XmppElement kind = XmppElement::other;
    uint64_t offset = 0;  // of the child that is open
    std::string tag;      // its first octets
    std::string last;     // name of the inner element opened last
    bool spaced = false;  // a namespace of XMPP stands in that child
    bool spaced_stanza = false;
    uint8_t kinds = 0;                    // of stanzas, a bit each
    Recent<uint64_t, 16> requests;        // ids of <iq/> that wait for an answer, as hashes
    bool answers = false;  // the open <iq/> answers a request of the other side
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void say(Strength strength, std::string_view what, const Place& place, std::string_view text,
           Findings& findings);
  void note_header(const XmlElement& element, const Place& tag, Findings& findings);
  void note_domain(std::string_view address, const Place& tag, Findings& findings);
  void feature(const XmlElement& element, Findings& findings);
  void match_iq(Direction direction, const XmlElement& element);
  void count_stanza(Direction direction, XmppElement kind, Findings& findings);
  void say_stanza(Direction direction, Findings& findings);

  struct Said {
    std::string_view what;
    Strength strength;
  };
  Side sides_[2];
  std::string_view transport_;
  std::vector<Said> said_;  // a fixed vocabulary
  std::vector<std::string> mechanisms_;
  std::string method_;  // of compression
  Strength best_ = Strength::none;
  bool tls_offered_ = false;
  bool domain_noted_ = false;
  size_t children_ = 0;  // of both directions, read whole
};

}  // namespace parlance
