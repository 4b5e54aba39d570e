// XML as XMPP uses it (RFC 6120 section 11), read piece by piece with expat.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/memory.h"

struct XML_ParserStruct;  // expat's; its header stays in one file

namespace parlance {

/// A start tag. Names are split from their namespaces; an empty namespace is none.
struct XmlElement {
  std::string space;
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< "space\nname" or "name", value
  std::vector<std::pair<std::string, std::string>> declared;    ///< prefix, namespace: of this tag

  /// The value of the attribute that has no namespace; empty if there is none.
  std::string_view attribute(std::string_view name) const;
  bool has(std::string_view attribute_name) const;
  /// The default namespace that this tag declares; empty if it declares none.
  std::string_view default_space() const;
};

/// Pulls one tag after another out of a stream that is an XML document or will never end one.
///
/// The octets are cut into whole tags here and handed to expat a tag at a time, so a tag's place
/// in the stream is exact, nothing is read past it (TLS may follow at the very next octet), and
/// what waits for its end is bounded. Comments, processing instructions, document types and
/// encodings other than UTF-8 are forbidden (section 11.1) and never reach expat.
class XmlReader {
 public:
  enum class Event : uint8_t {
    need_more,    ///< nothing whole at the front of the view
    text,         ///< character data; blank where depth() is 0 or 1
    declaration,  ///< <?xml … ?>
    open,         ///< a start tag: element(); depth() already counts it
    close,        ///< an end tag; depth() no longer counts it
    empty,        ///< an empty-element tag: element(); depth() does not count it
    stray,        ///< character data between the children of the root, or outside it
    forbidden,    ///< not allowed in XMPP; reason() says what
    damaged,      ///< not well-formed, or above a limit; reason() says what
  };
  struct Step {
    Event event;
    size_t used;  ///< octets of the view
  };

  /// With `inside_stream` the reader stands in a stream whose header was not seen: the usual
  /// prefixes are bound and depth() is 1.
  explicit XmlReader(const Limits& limits, bool inside_stream = false);
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;
  ~XmlReader();

  /// Reads what stands at the front of `view`. Call it again with the view that follows the used
  /// octets, or (need_more) with the same octets and more. After stray, forbidden and damaged the
  /// reader is of no more use.
  ///
  /// A stream header among the children of the root starts the document over, as XMPP does after
  /// TLS, SASL and compression (RFC 6120 section 4.3.3).
  Step next(Bytes view);

  /// Elements that are open.
  size_t depth() const { return depth_; }
  /// Of the last open or empty.
  const XmlElement& element() const { return element_; }
  /// The first octets of the character data since the last tag; for close.
  std::string_view text() const { return text_; }
  /// Of forbidden, stray or damaged; a literal.
  std::string_view reason() const { return reason_; }

 private:
  struct Callbacks;
  friend struct Callbacks;

  void start_document();
  void enter_imagined_root();
  Step read_text(Bytes view);
  Step read_character_data(Bytes view);
  Step read_declaration(Bytes view);
  Step read_tag(Bytes view);
  size_t end_of_tag(Bytes view);
  bool feed(Bytes octets);
  void stop(std::string_view reason);
  Step fail(Event event, std::string_view reason);

  size_t tag_octets_;
  size_t depth_limit_;
  bool inside_stream_;
  static constexpr size_t kExpatOctets = 8 * kKibi;  // at least; more for long tags, which are bounded
  std::unique_ptr<XML_ParserStruct, void (*)(XML_ParserStruct*)> expat_;
  MemoryCharge charge_{kExpatOctets};
  XmlElement element_;
  std::string text_;
  std::string_view reason_;
  size_t depth_ = 0;
  size_t scanned_ = 0;  // of an unfinished tag at the front of the view
  uint8_t quote_ = 0;   // open at `scanned_`
  bool in_character_data_ = false;
};

}  // namespace parlance
