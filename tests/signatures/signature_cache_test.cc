#include "signatures/signature_cache.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "protocols/parser.h"
#include "signatures/cache_file.h"
#include "support/checkout.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

LoaderContext own_parsers() {
  return {[](std::string_view name) { return find_parser(name) != nullptr; }, {}};
}

/// What deserialised() promises, beside not crashing.
void expect_sound(const std::vector<Signature>& signatures) {
  for (const Signature& signature : signatures) {
    ASSERT_FALSE(signature.rules.empty());
    for (const Pattern& pattern : signature.patterns) {
      ASSERT_LE(pattern.kind, PatternKind::suffix);
      ASSERT_LE(pattern.from, From::either);
      ASSERT_LE(pattern.at.value_or(Window{}).last, kWidestWindow);
    }
    for (const Rule& rule : signature.rules) {
      ASSERT_LE(rule.strength, Strength::proof);
      for (const auto* group : {&rule.all, &rule.any, &rule.none}) {
        for (const uint16_t index : *group) ASSERT_LT(index, signature.patterns.size());
      }
    }
  }
}

// ---- the octets ----

class SerialisedSignatures : public testing::Test {
 protected:
  static const std::vector<Signature>& own() {
    static const std::vector<Signature> kOwn =
        load_signatures({test::source_folder() + "/signatures"}, own_parsers())
            .signatures;
    return kOwn;
  }
  /// A few that have everything in them, for what is tried at every octet.
  static std::vector<Signature> few() {
    std::vector<Signature> few;
    for (const Signature& each : own()) {
      for (const char* name : {"xmpp", "whatsapp", "quic", "telegram"}) {
        if (each.name == name) few.push_back(each);
      }
    }
    return few;
  }
};

TEST_F(SerialisedSignatures, are_read_as_they_were_written) {
  ASSERT_GT(own().size(), 10u);
  const std::string octets = serialised(own());
  const auto read = deserialised(as_bytes(octets), own_parsers());
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == own());
  EXPECT_TRUE(deserialised(as_bytes(serialised({})), own_parsers())->empty());
}

TEST_F(SerialisedSignatures, cut_off_anywhere_are_nothing) {
  const std::string octets = serialised(few());
  ASSERT_TRUE(deserialised(as_bytes(octets), own_parsers()));
  for (size_t length = 0; length < octets.size(); ++length) {
    // A copy of just that size: a sanitizer sees the first octet that is read behind it.
    const std::vector<uint8_t> cut(octets.begin(), octets.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_FALSE(deserialised(cut, own_parsers())) << length;
  }
  EXPECT_FALSE(deserialised(as_bytes(octets + '\0'), own_parsers()));
}

TEST_F(SerialisedSignatures, changed_anywhere_are_nothing_or_sound) {
  const std::string octets = serialised(few());
  for (size_t at = 0; at < octets.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string bad = octets;
      bad[at] = static_cast<char>(bad[at] ^ change);
      if (const auto read = deserialised(as_bytes(bad), own_parsers())) expect_sound(*read);
    }
  }
}

TEST_F(SerialisedSignatures, that_name_an_unknown_parser_are_nothing) {
  const std::string octets = serialised(own());
  EXPECT_FALSE(deserialised(as_bytes(octets), {[](std::string_view) { return false; }, {}}));
}

TEST_F(SerialisedSignatures, that_the_loader_would_refuse_are_nothing) {
  const auto refused = [](const std::function<void(Signature&)>& spoil) {
    std::vector<Signature> signatures = few();
    for (Signature& each : signatures) {
      if (each.name == "xmpp") spoil(each);
    }
    return !deserialised(as_bytes(serialised(signatures)), own_parsers());
  };
  EXPECT_FALSE(refused([](Signature&) {}));
  EXPECT_TRUE(refused([](Signature& each) { each.rules.clear(); }));
  EXPECT_TRUE(refused([](Signature& each) { each.carriers = 0; }));
  EXPECT_TRUE(refused([](Signature& each) { each.revision = 0; }));
  EXPECT_TRUE(refused([](Signature& each) { each.name.clear(); }));
  EXPECT_TRUE(refused(
      [](Signature& each) { each.rules[0].any = {static_cast<uint16_t>(each.patterns.size())}; }));
  EXPECT_TRUE(refused([](Signature& each) {
    each.rules[0].strength = Strength::proof;
    each.rules[0].verify.clear();
  }));
  EXPECT_TRUE(refused([](Signature& each) { each.rules[0].strength = Strength::none; }));
  EXPECT_TRUE(refused([](Signature& each) { each.patterns[0].expression += '\0'; }));
  EXPECT_TRUE(refused([](Signature& each) { each.patterns[0].at = Window{2, 1}; }));
  EXPECT_TRUE(refused([](Signature& each) { each.patterns[0].at = Window{0, 100'000}; }));
  EXPECT_TRUE(refused([](Signature& each) { each.patterns[0].fixed_bits = std::nan(""); }));
  EXPECT_TRUE(refused([](Signature& each) { each.protocol_class = ProtocolClass::unknown; }));
}

// ---- the file ----

class SignatureCache : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "parlance-XXXXXX").string();
    base_ = mkdtemp(name.data());
    cache_ = base_ / "cache";
    fs::create_directory(base_ / "signatures");
    write_signature("HELLO");
  }
  void TearDown() override { fs::remove_all(base_); }

  static void write(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  }
  static std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write_signature(const std::string& text, const std::string& name = "probe") {
    write(base_ / "signatures" / (name + ".toml"),
          "schema = 1\nname = \"" + name + "\"\ntitle = \"Probe\"\nclass = \"open\"\n" +
              "[[pattern]]\nid = \"s\"\nin = \"stream\"\nsays = \"x\"\ntext = \"" + text +
              "\"\n[[rule]]\nstrength = \"hint\"\nany = [\"s\"]\n");
  }
  Loaded load() { return load_signatures_cached({base_ / "signatures"}, {}, cache_); }
  Loaded parse() { return load_signatures({base_ / "signatures"}, {}); }
  void expect_as_parsed() {
    const Loaded loaded = load();
    EXPECT_TRUE(loaded.errors.empty());
    EXPECT_TRUE(loaded.signatures == parse().signatures);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    if (!fs::exists(cache_)) return found;
    for (const auto& each : fs::directory_iterator(cache_)) found.push_back(each.path());
    return found;
  }

  fs::path base_, cache_;
};

TEST_F(SignatureCache, is_written_once_and_read_again) {
  expect_as_parsed();
  ASSERT_EQ(files().size(), 1u);
  const auto written = fs::last_write_time(files()[0]);
  expect_as_parsed();
  EXPECT_EQ(fs::last_write_time(files()[0]), written);
}

TEST_F(SignatureCache, is_believed) {
  load();
  ASSERT_EQ(files().size(), 1u);
  const std::string octets = read(files()[0]);
  const std::string magic = octets.substr(0, octets.find('\n') + 1);
  std::vector<Signature> others = parse().signatures;
  others[0].title = "what no file says";
  write_cache({cache_, files()[0].stem(), ".signatures", magic}, serialised(others));
  EXPECT_TRUE(load().signatures == others);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(SignatureCache, belongs_to_its_owner_alone) {
  load();
  ASSERT_EQ(files().size(), 1u);
  const auto others = fs::perms::group_all | fs::perms::others_all;
  EXPECT_EQ(fs::status(files()[0]).permissions() & others, fs::perms::none);
  EXPECT_EQ(fs::status(cache_).permissions() & others, fs::perms::none);
}

TEST_F(SignatureCache, sees_that_a_file_was_changed) {
  load();
  const fs::path file = base_ / "signatures" / "probe.toml";
  const auto time = fs::last_write_time(file);
  write_signature("WORLD");  // of the same length, and then of the same time
  fs::last_write_time(file, time);
  const Loaded loaded = load();
  ASSERT_EQ(loaded.signatures.size(), 1u);
  EXPECT_EQ(loaded.signatures[0].patterns[0].expression,
            parse().signatures[0].patterns[0].expression);
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(SignatureCache, sees_that_a_file_came_went_or_was_moved) {
  load();
  write_signature("HELLO", "second");
  EXPECT_EQ(load().signatures.size(), 2u);
  fs::remove(base_ / "signatures" / "probe.toml");
  EXPECT_EQ(load().signatures.size(), 1u);
  fs::create_directory(base_ / "elsewhere");
  fs::rename(base_ / "signatures" / "second.toml", base_ / "elsewhere" / "second.toml");
  const Loaded moved = load_signatures_cached({base_ / "elsewhere"}, {}, cache_);
  ASSERT_EQ(moved.signatures.size(), 1u);
  EXPECT_EQ(moved.signatures[0].file, base_ / "elsewhere" / "second.toml");
}

TEST_F(SignatureCache, keeps_no_signatures_with_mistakes) {
  write(base_ / "signatures" / "wrong.toml", "schema = 1\nname = \"wrong\"\nno_such_key = 1\n");
  for (int i = 0; i < 2; ++i) {
    const Loaded loaded = load(), parsed = parse();
    ASSERT_EQ(loaded.errors.size(), parsed.errors.size());
    for (size_t at = 0; at < parsed.errors.size(); ++at) {
      EXPECT_EQ(loaded.errors[at].text(), parsed.errors[at].text());
    }
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(SignatureCache, names_a_folder_that_cannot_be_read) {
  const Loaded loaded = load_signatures_cached({base_ / "none"}, {}, cache_);
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].where, base_ / "none");
  EXPECT_TRUE(files().empty());
}

TEST_F(SignatureCache, a_file_damaged_anywhere_is_written_again) {
  load();
  const fs::path file = files()[0];
  const std::string good = read(file);
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    write(file, bad);
    expect_as_parsed();
    EXPECT_TRUE(read(file) == good) << at;
  }
}

TEST_F(SignatureCache, a_file_cut_off_anywhere_is_written_again) {
  load();
  const fs::path file = files()[0];
  const std::string good = read(file);
  for (size_t length = 0; length < good.size(); ++length) {
    write(file, good.substr(0, length));
    expect_as_parsed();
    EXPECT_TRUE(read(file) == good) << length;
  }
}

TEST_F(SignatureCache, a_file_of_other_signatures_is_written_again) {
  load();
  const fs::path first = files()[0];
  const std::string of_first = read(first);
  write_signature("WORLD");
  load();
  for (const fs::path& each : files()) {
    if (each == first) continue;
    write(each, of_first);
    expect_as_parsed();
    EXPECT_FALSE(read(each) == of_first);
  }
}

TEST_F(SignatureCache, a_file_that_others_may_write_is_not_trusted) {
  load();
  fs::permissions(files()[0], fs::perms::others_write, fs::perm_options::add);
  expect_as_parsed();
  EXPECT_EQ(fs::status(files()[0]).permissions() & fs::perms::others_write, fs::perms::none)
      << "it was written anew";
}

TEST_F(SignatureCache, a_folder_that_cannot_be_made_is_no_error) {
  write(base_ / "file", "");
  const Loaded loaded =
      load_signatures_cached({base_ / "signatures"}, {}, base_ / "file" / "cache");
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_EQ(loaded.signatures.size(), 1u);
}

TEST_F(SignatureCache, without_a_folder_nothing_is_written) {
  const Loaded loaded = load_signatures_cached({base_ / "signatures"}, {}, "");
  EXPECT_EQ(loaded.signatures.size(), 1u);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace parlance
