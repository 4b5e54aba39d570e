#include "signatures/signature_cache.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <elf.h>
#include <link.h>

#include "base/byte_reader.h"
#include "signatures/cache.h"
#include "signatures/cache_file.h"

namespace parlance {
namespace {

constexpr std::string_view kMagic = "parlance-signatures-2\n";
constexpr std::string_view kExtension = ".signatures";
constexpr int kMostRevisions = 1'000'000;
constexpr uint8_t kAllCarriers = (1u << kCarriers) - 1;

// ---- writing ------------------------------------------------------------------------------------

class Writer {
 public:
  void number(uint64_t value, size_t octets) {
    while (octets-- > 0) out_ += static_cast<char>(value >> 8 * octets);
  }
  void u8(uint64_t value) { number(value, 1); }
  void be16(uint64_t value) { number(value, 2); }
  void be32(uint64_t value) { number(value, 4); }
  void be64(uint64_t value) { number(value, 8); }
  void text(const std::string& text) {
    be32(text.size());
    out_ += text;
  }
  template <class Item, class Write>
  void list(const std::vector<Item>& items, Write write_one) {
    be32(items.size());
    for (const Item& each : items) write_one(each);
  }
  void texts(const std::vector<std::string>& items) {
    list(items, [this](const std::string& each) { text(each); });
  }
  void indexes(const std::vector<uint16_t>& items) {
    list(items, [this](uint16_t each) { be16(each); });
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write(Writer& out, const Pattern& pattern) {
  out.text(pattern.id);
  out.text(pattern.buffer);
  out.u8(static_cast<uint8_t>(pattern.from));
  out.u8(pattern.at ? 1 : 0);
  if (pattern.at) {
    out.be32(pattern.at->first);
    out.be32(pattern.at->last);
  }
  out.u8(static_cast<uint8_t>(pattern.kind));
  out.text(pattern.expression);
  out.texts(pattern.suffixes);
  out.u8(pattern.ignore_case ? 1 : 0);
  out.text(pattern.says);
  out.be64(std::bit_cast<uint64_t>(pattern.fixed_bits));
  out.be32(pattern.widths.shortest);
  out.be32(pattern.widths.longest);
  out.be32(pattern.line);
  out.be32(pattern.column);
}

void write(Writer& out, const Rule& rule) {
  out.u8(static_cast<uint8_t>(rule.strength));
  out.indexes(rule.all);
  out.indexes(rule.any);
  out.indexes(rule.none);
  out.text(rule.verify);
  out.text(rule.note);
}

void write(Writer& out, const Signature& signature) {
  out.text(signature.name);
  out.text(signature.title);
  out.text(signature.description);
  out.u8(static_cast<uint8_t>(signature.protocol_class));
  out.text(signature.app);
  out.text(signature.account);
  out.texts(signature.also_speaks);
  out.u8(static_cast<uint8_t>(signature.agreed));
  out.u8(static_cast<uint8_t>(signature.verified));
  out.text(signature.hosts_source);
  out.be32(static_cast<uint32_t>(signature.revision));
  out.u8(signature.carriers);
  out.texts(signature.references);
  out.texts(signature.captures);
  out.list(signature.patterns, [&](const Pattern& each) { write(out, each); });
  out.list(signature.rules, [&](const Rule& each) { write(out, each); });
  out.text(signature.file);
}

// ---- reading ------------------------------------------------------------------------------------

/// Reads what Writer wrote. What cannot be so makes ok() false for good.
class Reader {
 public:
  Reader(Bytes octets, const LoaderContext& context) : in_(octets), context_(context) {}

  bool ok() const { return sound_ && in_.ok(); }
  bool at_end() const { return in_.at_end(); }

  std::vector<Signature> signatures() {
    return list<Signature>([this] { return signature(); });
  }

 private:
  void demand(bool condition) { sound_ = sound_ && condition; }

  /// A number from `first` to `last`.
  template <class Value>
  Value number(Value value, Value first, Value last) {
    demand(first <= value && value <= last);
    return ok() ? value : first;
  }
  template <class Enum>
  Enum choice(Enum first, Enum last) {
    return number(static_cast<Enum>(in_.u8()), first, last);
  }
  bool flag() { return number<uint8_t>(in_.u8(), 0, 1) == 1; }

  std::string text() { return std::string(as_text(in_.bytes(in_.be32()))); }

  /// Never makes room for more items than octets are left.
  template <class Item, class Read>
  std::vector<Item> list(Read read_one) {
    const size_t count = in_.be32();
    std::vector<Item> items;
    demand(count <= in_.remaining());
    if (!ok()) return items;
    items.reserve(count);
    while (items.size() < count && ok()) items.push_back(read_one());
    return items;
  }
  std::vector<std::string> texts() {
    return list<std::string>([this] { return text(); });
  }
  std::vector<uint16_t> indexes(size_t patterns) {
    return list<uint16_t>([this, patterns] {
      const uint16_t index = in_.be16();
      demand(index < patterns);
      return index;
    });
  }

  Pattern pattern() {
    Pattern pattern;
    pattern.id = text();
    pattern.buffer = text();
    pattern.from = choice(From::client, From::either);
    if (flag()) {
      const uint32_t first = in_.be32();
      pattern.at = Window{first, number(in_.be32(), first, kWidestWindow)};
    }
    pattern.kind = choice(PatternKind::regex, PatternKind::suffix);
    pattern.expression = text();
    pattern.suffixes = texts();
    pattern.ignore_case = flag();
    pattern.says = text();
    pattern.fixed_bits = std::bit_cast<double>(in_.be64());
    pattern.widths.shortest = in_.be32();
    pattern.widths.longest = in_.be32();
    pattern.line = in_.be32();
    pattern.column = in_.be32();
    check(pattern);
    return pattern;
  }

  void check(const Pattern& pattern) {
    const bool is_suffix = pattern.kind == PatternKind::suffix;
    demand(pattern.expression.empty() == is_suffix);
    demand(pattern.suffixes.empty() != is_suffix);
    demand(pattern.is_field() ? !pattern.at : !is_suffix);
    demand(pattern.expression.find('\0') == std::string::npos);  // Hyperscan would stop there
    demand(std::isfinite(pattern.fixed_bits));
  }

  Rule rule(size_t patterns) {
    Rule rule;
    rule.strength = choice(Strength::hint, Strength::proof);
    rule.all = indexes(patterns);
    rule.any = indexes(patterns);
    rule.none = indexes(patterns);
    rule.verify = text();
    rule.note = text();
    demand(!rule.all.empty() || !rule.any.empty());
    demand(rule.strength != Strength::proof || !rule.verify.empty());
    if (!rule.verify.empty() && context_.is_parser) demand(context_.is_parser(rule.verify));
    return rule;
  }

  Signature signature() {
    Signature signature;
    signature.name = text();
    signature.title = text();
    signature.description = text();
    signature.protocol_class = choice(ProtocolClass{}, ProtocolClass::other);
    signature.app = text();
    signature.account = text();
    demand(signature.account.empty() || !signature.app.empty());
    signature.also_speaks = texts();
    demand(signature.also_speaks.empty() || !signature.app.empty());
    signature.agreed = choice(Strength::none, Strength::proof);
    signature.verified = choice(Verified::unsaid, Verified::capture);
    signature.hosts_source = text();
    signature.revision = number(static_cast<int>(in_.be32()), 1, kMostRevisions);
    signature.carriers = number<uint8_t>(in_.u8(), 1, kAllCarriers);
    signature.references = texts();
    signature.captures = texts();
    signature.patterns = list<Pattern>([this] { return pattern(); });
    const size_t patterns = signature.patterns.size();
    demand(patterns <= kMostPatterns);
    signature.rules = list<Rule>([this, patterns] { return rule(patterns); });
    demand(!signature.rules.empty() && signature.rules.size() <= kMostPatterns);
    signature.file = text();
    demand(!signature.name.empty());
    return signature;
  }

  ByteReader in_;
  const LoaderContext& context_;
  bool sound_ = true;
};

// ---- the key ------------------------------------------------------------------------------------

/// What the linker named this program by; empty if it did not. Two programs that read signatures
/// differently never share a cache.
std::string_view build_id() {
  std::string_view id;
  const auto look = [](dl_phdr_info* info, size_t, void* found) {
    for (size_t i = 0; i < info->dlpi_phnum; ++i) {
      const auto& header = info->dlpi_phdr[i];
      if (header.p_type != PT_NOTE) continue;
      const auto* notes = reinterpret_cast<const uint8_t*>(info->dlpi_addr + header.p_vaddr);
      ByteReader reader(Bytes(notes, header.p_memsz));
      while (reader.ok() && !reader.at_end()) {
        const uint32_t name = reader.le32(), description = reader.le32(), type = reader.le32();
        const auto padded = [](uint32_t length) { return (size_t{length} + 3) & ~size_t{3}; };
        const Bytes owner = first_of(reader.bytes(padded(name)), name);
        const Bytes content = first_of(reader.bytes(padded(description)), description);
        if (type == NT_GNU_BUILD_ID && as_text(owner) == std::string_view("GNU\0", 4)) {
          *static_cast<std::string_view*>(found) = as_text(content);
        }
      }
    }
    return 1;  // the program itself comes first
  };
  dl_iterate_phdr(look, &id);
  return id;
}

std::string key_of(const std::vector<SignatureFile>& files, std::string_view program) {
  Fingerprint key;
  key.add(program).add(hyperscan_version());
  for (const SignatureFile& file : files) key.add(file.path).add(*file.text);
  return key.text();
}

bool can_be_read(const SignatureFile& file) {
  return file.text.has_value();
}

}  // namespace

std::string serialised(const std::vector<Signature>& signatures) {
  Writer out;
  out.list(signatures, [&](const Signature& each) { write(out, each); });
  return out.take();
}

std::optional<std::vector<Signature>> deserialised(Bytes octets, const LoaderContext& context) {
  Reader reader(octets, context);
  std::vector<Signature> signatures = reader.signatures();
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return signatures;
}

Loaded load_signatures_cached(const std::vector<std::string>& folders, const LoaderContext& context,
                              const std::string& cache_folder) {
  std::vector<Error> errors;
  const std::vector<SignatureFile> files = read_signature_files(folders, errors);
  const std::string_view program = build_id();
  const bool may_cache = !cache_folder.empty() && !program.empty() && errors.empty() &&
                         context.captures_folder.empty() && files.size() <= UINT16_MAX &&
                         std::all_of(files.begin(), files.end(), can_be_read);
  CacheFile file;
  if (may_cache) {
    file = {cache_folder, key_of(files, program), kExtension, kMagic};
    if (auto known = deserialised(read_cache(file).content(), context))
      return {std::move(*known), {}};
  }
  Loaded loaded = load_signature_files(files, context);
  loaded.errors.insert(loaded.errors.begin(), errors.begin(), errors.end());
  if (may_cache && loaded.errors.empty()) write_cache(file, serialised(loaded.signatures));
  return loaded;
}

}  // namespace parlance
