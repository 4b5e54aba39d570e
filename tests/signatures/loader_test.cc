#include "signatures/loader.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace parlance {
namespace {

const LoaderContext kContext = {[](std::string_view name) { return name == "probe"; }, {}};

const std::string kCard =
    "schema = 1\n"          // line 1
    "name   = \"probe\"\n"  // line 2
    "title  = \"Probe\"\n"  // line 3
    "class  = \"open\"\n";  // line 4
const std::string kPattern =
    "[[pattern]]\n"        // line 5
    "id   = \"hello\"\n"   // line 6
    "in   = \"stream\"\n"  // line 7
    "says = \"hello\"\n"   // line 8
    "text = \"HELLO\"\n";  // line 9
const std::string kRule =
    "[[rule]]\n"               // line 10
    "strength = \"strong\"\n"  // line 11
    "all = [\"hello\"]\n";     // line 12

Loaded load(const std::string& text, const std::string& file = "probe.toml") {
  return load_signature_text(text, file, kContext);
}

/// The only mistake in `text`, as "place: what".
std::string mistake_in(const std::string& text, const std::string& file = "probe.toml") {
  const Loaded loaded = load(text, file);
  if (loaded.errors.size() != 1) {
    std::string all = std::to_string(loaded.errors.size()) + " mistakes";
    for (const Error& error : loaded.errors) all += "\n" + error.text();
    return all;
  }
  return loaded.errors[0].where + ": " + loaded.errors[0].what;
}

TEST(Loader, reads_a_signature) {
  const Loaded loaded = load("# signatures/probe.toml\n# Says hello.\n" + kCard + kPattern + kRule);
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].text();
  const Signature& signature = loaded.signatures.at(0);
  EXPECT_EQ(signature.description, "Says hello.");
  EXPECT_EQ(signature.protocol_class, ProtocolClass::open);
  EXPECT_TRUE(signature.stands_on(Carrier::tcp));
  EXPECT_FALSE(signature.stands_on(Carrier::udp));
  EXPECT_EQ(signature.patterns.at(0).fixed_bits, 40);
}

TEST(Loader, an_account_is_a_note_of_an_application) {
  const std::string app = "app = \"probe\"\n", account = "account = \"probe.key\"\n";
  const Loaded loaded = load(kCard + app + account + kPattern + kRule);
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].text();
  EXPECT_EQ(loaded.signatures.at(0).account, "probe.key");
  EXPECT_EQ(mistake_in(kCard + account + kPattern + kRule),
            "probe.toml:5:11: 'account' is of an application: 'app' is missing");
  EXPECT_EQ(mistake_in(kCard + app + "account = \"key\"\n" + kPattern + kRule),
            "probe.toml:6:11: 'key' is no note of a record");
}

/// A signature whose only pattern is written with `lines` (from line 6 on), and the mistake in it.
std::string mistake_in_pattern(const std::string& lines) {
  return mistake_in(kCard + "[[pattern]]\n" + lines + "id = \"hello\"\nsays = \"x\"\n" +
                    "[[rule]]\nstrength = \"hint\"\nall = [\"hello\"]\n");
}

TEST(Loader, names_the_place_of_a_mistake_in_the_card) {
  const std::string rest = kPattern + kRule;
  EXPECT_EQ(mistake_in("colour = \"red\"\n" + kCard + rest),
            "probe.toml:1:1: 'colour' is no key of a signature");
  EXPECT_EQ(mistake_in("carried_by = [\"tcp\", \"pigeon\"]\n" + kCard + rest),
            "probe.toml:1:22: 'pigeon' is no carrier");
  EXPECT_EQ(mistake_in("carried_by = []\n" + kCard + rest),
            "probe.toml:1:14: 'carried_by' names no carrier");
  EXPECT_EQ(mistake_in("revision = 0\n" + kCard + rest),
            "probe.toml:1:12: 'revision' must be a number from 1 on");
  EXPECT_EQ(mistake_in("app = 7\n" + kCard + rest), "probe.toml:1:7: 'app' must be a text");
  EXPECT_EQ(mistake_in("references = \"RFC 1\"\n" + kCard + rest),
            "probe.toml:1:14: 'references' must be a list of texts");
  EXPECT_EQ(
      mistake_in("schema = 2\nname = \"probe\"\ntitle = \"Probe\"\nclass = \"open\"\n" + rest),
      "probe.toml:1:10: 'schema' must be 1");
  EXPECT_EQ(mistake_in("schema = 1\nname = \"probe\"\ntitle = \"Probe\"\nclass = \"odd\"\n" + rest),
            "probe.toml:4:9: 'odd' is no class");
  EXPECT_EQ(mistake_in("schema = 1\nname = \"probe\"\nclass = \"open\"\n" + rest),
            "probe.toml:1:1: 'title' is missing");
  EXPECT_EQ(mistake_in(kCard + rest, "other.toml"),
            "other.toml:2:10: the name 'probe' is not the file's");
  EXPECT_EQ(
      mistake_in("schema = 1\nname = \"Pro_be\"\ntitle = \"Probe\"\nclass = \"open\"\n" + rest,
                 "Pro_be.toml"),
      "Pro_be.toml:2:8: a name has lower-case letters, digits and hyphens only");
  EXPECT_EQ(mistake_in(kCard + kPattern + "[[rule]\n").substr(0, 14), "probe.toml:10:");
  EXPECT_EQ(mistake_in(kCard + "name = \"twice\"\n").substr(0, 13), "probe.toml:5:");
}

TEST(Loader, names_the_place_of_a_mistake_in_a_pattern) {
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\ntext = \"A\"\nlike = 1\n"),
            "probe.toml:8:1: 'like' is no key of a pattern");
  EXPECT_EQ(mistake_in_pattern("in = \"river\"\ntext = \"A\"\n"),
            "probe.toml:6:6: 'river' is no buffer");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nfrom = \"both\"\ntext = \"A\"\n"),
            "probe.toml:7:8: 'both' is no direction");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nat = 9999\ntext = \"A\"\n"),
            "probe.toml:7:6: 'at' reaches beyond offset 512");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nat = [3, 1]\ntext = \"A\"\n"),
            "probe.toml:7:6: 'at' must be an offset or [first, last]");
  EXPECT_EQ(mistake_in_pattern("in = \"tls.sni\"\nat = 0\ntext = \"A\"\n"),
            "probe.toml:7:6: 'at' is for stream and message");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nhex = \"4x\"\n"),
            "probe.toml:7:7: 'hex' must be pairs of hexadecimal digits or ??");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nhex = \"41 4\"\n"),
            "probe.toml:7:7: 'hex' must be pairs of hexadecimal digits or ??");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\ntext = \"\"\n"),
            "probe.toml:7:8: 'text' is empty");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\n"),
            "probe.toml:5:1: pattern 'hello' needs exactly one of regex, hex, text, suffix");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\ntext = \"A\"\nhex = \"41\"\n"),
            "probe.toml:5:1: pattern 'hello' needs exactly one of regex, hex, text, suffix");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nignore_case = 1\ntext = \"A\"\n"),
            "probe.toml:7:15: 'ignore_case' must be true or false");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nignore_case = true\nhex = \"41\"\n"),
            "probe.toml:7:15: 'ignore_case' is for regex and text");
  EXPECT_EQ(mistake_in(kCard + kPattern + kPattern + kRule),
            "probe.toml:10:1: there is a pattern 'hello' already");
}

TEST(Loader, names_the_place_of_a_mistake_in_a_suffix) {
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nsuffix = [\"a.example\"]\n"),
            "probe.toml:7:10: 'suffix' is for fields, which hold one name");
  EXPECT_EQ(mistake_in_pattern("in = \"tls.sni\"\nsuffix = [\"a.example\", \".b.example\"]\n"),
            "probe.toml:7:24: '.b.example' is no host name of two labels");
  EXPECT_EQ(mistake_in_pattern("in = \"tls.sni\"\nsuffix = [\"com\"]\n"),
            "probe.toml:7:11: 'com' is no host name of two labels");
  EXPECT_EQ(mistake_in_pattern("in = \"tls.sni\"\nsuffix = []\n"),
            "probe.toml:7:10: 'suffix' names nothing");
}

TEST(Loader, an_expression_that_cannot_be_found_is_a_mistake) {
  const std::string look = mistake_in_pattern("in = \"stream\"\nregex = 'abcd(?=e)'\n");
  EXPECT_EQ(look.substr(0, 48), "probe.toml:7:9: pattern 'hello': Hyperscan says:");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nregex = 'a*'\n"),
            "probe.toml:7:9: pattern 'hello' matches even nothing");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nregex = 'abc$'\n"),
            "probe.toml:7:9: a stream has no end to look for");
  EXPECT_EQ(mistake_in_pattern("in = \"stream\"\nregex = \"a\\u0000b\"\n"),
            "probe.toml:7:9: a regex cannot hold a NUL");
}

TEST(Loader, names_the_place_of_a_mistake_in_a_rule) {
  const std::string rest = kCard + kPattern + kRule;  // 12 lines
  EXPECT_EQ(mistake_in(rest + "verifi = \"probe\"\n"),
            "probe.toml:13:1: 'verifi' is no key of a rule");
  EXPECT_EQ(mistake_in(rest + "verify = \"nobody\"\n"),
            "probe.toml:13:10: there is no parser 'nobody'");
  EXPECT_EQ(mistake_in(rest + "none = [\"bye\"]\n"), "probe.toml:13:9: there is no pattern 'bye'");
  EXPECT_EQ(mistake_in(kCard + kPattern + "[[rule]]\nstrength = \"sure\"\nall = [\"hello\"]\n"),
            "probe.toml:11:12: 'sure' is no strength");
  EXPECT_EQ(mistake_in(rest + "[[rule]]\nstrength = \"hint\"\n"),
            "probe.toml:13:1: a rule needs 'all' or 'any'");
  EXPECT_EQ(mistake_in(kCard), "probe.toml:1:1: a signature needs a rule");
  EXPECT_EQ(mistake_in(kCard + kPattern + "[[pattern]]\nid = \"bye\"\nin = \"stream\"\n" +
                       "says = \"x\"\ntext = \"BYE!\"\n" + kRule),
            "probe.toml:10:1: no rule uses pattern 'bye'");
}

TEST(Loader, reports_all_mistakes_at_once) {
  const Loaded loaded =
      load(kCard + kPattern + "at = -1\nfrom = \"us\"\n" + kRule + "verify = \"x\"\n");
  EXPECT_EQ(loaded.errors.size(), 3u);
  EXPECT_TRUE(loaded.signatures.empty());
}

TEST(Loader, patterns_alone_are_no_proof) {
  const std::string proof = "[[rule]]\nstrength = \"proof\"\nall = [\"hello\"]\n";
  EXPECT_EQ(mistake_in(kCard + kPattern + proof), "probe.toml:11:12: patterns alone are no proof");
  EXPECT_TRUE(load(kCard + kPattern + proof + "verify = \"probe\"\n").errors.empty());
}

TEST(Loader, strong_needs_enough_fixed_bits) {
  const auto mistake = [](const std::string& lines) {
    return mistake_in(kCard + "[[pattern]]\nid = \"hello\"\nsays = \"x\"\nin = \"stream\"\n" +
                      lines + "\n[[rule]]\nstrength = \"strong\"\nall = [\"hello\"]\n");
  };
  EXPECT_EQ(mistake("at = 0\nhex = \"10 ?? 20\""),
            "probe.toml:12:12: strong needs 24 fixed bits, this rule has 16");
  EXPECT_EQ(mistake("at = 0\nhex = \"10 20 30\""), "0 mistakes");
  EXPECT_EQ(mistake("at = [0, 7]\nhex = \"10 20 30\""),
            "probe.toml:12:12: strong needs 24 fixed bits, this rule has 21");
  EXPECT_EQ(mistake("hex = \"10 20 30 40\""),
            "probe.toml:11:12: strong needs 24 fixed bits, this rule has 19")
      << "it may be met at each of 8192 places";
}

TEST(Loader, the_weakest_of_any_counts) {
  const std::string two =
      "[[pattern]]\nid = \"a\"\nsays = \"x\"\nin = \"stream\"\nat = 0\ntext = \"AAAAAA\"\n"
      "[[pattern]]\nid = \"b\"\nsays = \"x\"\nin = \"stream\"\nat = 0\ntext = \"BB\"\n";
  const std::string rule = "[[rule]]\nstrength = \"strong\"\n";
  EXPECT_EQ(mistake_in(kCard + two + rule + "any = [\"a\", \"b\"]\n"),
            "probe.toml:18:12: strong needs 24 fixed bits, this rule has 16");
  EXPECT_EQ(mistake_in(kCard + two + rule + "all = [\"a\", \"b\"]\n"), "0 mistakes");
}

TEST(Loader, a_name_is_never_more_than_a_hint) {
  const std::string name =
      "[[pattern]]\nid = \"hello\"\nin = \"tls.sni\"\nsays = \"x\"\nsuffix = [\"a.example\"]\n";
  EXPECT_EQ(mistake_in(kCard + name + kRule),
            "probe.toml:11:12: a rule over fields alone is a hint");
}

TEST(Loader, an_application_protocol_that_both_sides_agreed_on_may_be_strong) {
  const auto agreed = [](const std::string& field, const std::string& name) {
    return "[[pattern]]\nid = \"hello\"\nin = \"" + field + "\"\nsays = \"x\"\nregex = '^" + name + "$'\n";
  };
  EXPECT_EQ(mistake_in(kCard + agreed("tls.alpn_server", "own/1") + kRule), "0 mistakes");
  EXPECT_EQ(mistake_in(kCard + agreed("tls.alpn", "own/1") + kRule),
            "probe.toml:11:12: a rule over fields alone is a hint");
  EXPECT_EQ(mistake_in(kCard + agreed("tls.alpn_server", "h2") + kRule),
            "probe.toml:11:12: strong needs 24 fixed bits, this rule has 16");
}

TEST(Loader, what_an_application_also_speaks_is_a_signature) {
  const std::string also = "also_speaks = [\"other\", \"nobody\"]\n";  // line 6, behind the card
  const std::string app = "app = \"probe\"\n";
  LoaderContext context = kContext;
  context.is_signature = [](std::string_view name) { return name == "other"; };
  const auto load_with = [&](const std::string& card) {
    return load_signature_text(card + kPattern + kRule, "probe.toml", context);
  };
  const Loaded unknown = load_with(kCard + app + also);
  ASSERT_EQ(unknown.errors.size(), 1u);
  EXPECT_EQ(unknown.errors[0].text(), "probe.toml:6:25: there is no signature 'nobody'");
  EXPECT_EQ(load_with(kCard + also).errors.front().what, "'also_speaks' is of an application: 'app' is missing");
  const Loaded known = load_with(kCard + app + "also_speaks = [\"other\"]\n");
  ASSERT_EQ(known.signatures.size(), 1u);
  EXPECT_EQ(known.signatures[0].also_speaks, std::vector<std::string>{"other"});
}

/// A folder that goes with its test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "parlance-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
  }

 private:
  std::string path_;
};

TEST(Loader, a_capture_must_be_there) {
  const Folder captures;
  captures.write("here.pcapng", "");
  const LoaderContext context = {kContext.is_parser, captures.path()};
  const Loaded loaded = load_signature_text(
      "captures = [\"here\", \"gone\"]\n" + kCard + kPattern + kRule, "probe.toml", context);
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].where, "probe.toml:1:21");
  EXPECT_EQ(loaded.errors[0].what, "there is no capture 'gone'");
}

TEST(Loader, a_file_of_a_later_folder_replaces_one_of_the_same_name) {
  const Folder own, users;
  own.write("probe.toml", "revision = 1\n" + kCard + kPattern + kRule);
  users.write("probe.toml", "revision = 2\n" + kCard + kPattern + kRule);
  users.write("notes.txt", "not a signature");
  const Loaded loaded = load_signatures({own.path(), users.path()}, kContext);
  ASSERT_EQ(loaded.signatures.size(), 1u);
  EXPECT_EQ(loaded.signatures[0].revision, 2);
  EXPECT_EQ(loaded.signatures[0].file, users.path() + "/probe.toml");
}

TEST(Loader, a_folder_that_cannot_be_read_is_named) {
  const Loaded loaded = load_signatures({"/nowhere/at/all"}, kContext);
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].where, "/nowhere/at/all");
}

// ---- host names ----

const std::string kHosts =
    "[hosts]\n"                                     // line 5
    "suffix = [\"probe.example\", \"p.example\"]\n"  // line 6
    "source = \"probe.example/names\"\n"            // line 7
    "date = 2026-11-26\n";                          // line 8

TEST(Loader, host_names_are_hints_in_each_field_that_holds_names) {
  const Loaded loaded = load(kCard + kHosts);
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].text();
  const Signature& signature = loaded.signatures.at(0);
  EXPECT_EQ(signature.hosts_source, "probe.example/names (2026-11-26)");
  std::string made;
  for (const Rule& rule : signature.rules) {
    EXPECT_EQ(rule.strength, Strength::hint);
    const Pattern& pattern = signature.patterns.at(rule.any.at(0));
    EXPECT_EQ(pattern.suffixes, (std::vector<std::string>{"probe.example", "p.example"}));
    made += pattern.buffer + "=" + pattern.id + " ";
  }
  EXPECT_EQ(made,
            "tls.sni=server-name tls.certificate=certificate-name dns.name=resolved-name "
            "http.host=http-host proxy.host=proxy-host xmpp.domain=xmpp-domain ");
  EXPECT_EQ(signature.patterns[0].says, "the TLS server name is one of Probe");
}

TEST(Loader, host_names_may_be_for_some_fields_only) {
  const Loaded loaded = load(kCard + kHosts + "fields = [\"dns.name\"]\n");
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].text();
  ASSERT_EQ(loaded.signatures.at(0).patterns.size(), 1u);
  EXPECT_EQ(loaded.signatures[0].patterns[0].id, "resolved-name");
}

TEST(Loader, names_the_place_of_a_mistake_in_host_names) {
  EXPECT_EQ(mistake_in(kCard + kPattern + kRule + kHosts + "fields = [\"tls.version\"]\n"),
            "probe.toml:17:11: 'tls.version' is no field of host names");
  EXPECT_EQ(mistake_in(kCard + kHosts + "names = 1\n"), "probe.toml:9:1: 'names' is no key of [hosts]");
  EXPECT_EQ(mistake_in(kCard + "[hosts]\nsuffix = [\"probe\"]\nsource = \"s\"\ndate = 2026-11-26\n"),
            "probe.toml:6:11: 'probe' is no host name of two labels");
  EXPECT_EQ(mistake_in(kCard + "[hosts]\nsuffix = [\"probe.example\"]\nsource = \"s\"\n"),
            "probe.toml:5:1: 'date' is missing");
  EXPECT_EQ(mistake_in(kCard + "[hosts]\nsuffix = [\"probe.example\"]\ndate = 2026-11-26\n"),
            "probe.toml:5:1: 'source' is missing");
  EXPECT_EQ(mistake_in(kCard + "[hosts]\nsuffix = [\"p.example\"]\nsource = \"s\"\ndate = \"today\"\n"),
            "probe.toml:8:8: 'date' must be a day");
  EXPECT_EQ(mistake_in("hosts = 1\n" + kCard + kPattern + kRule), "probe.toml:1:9: write [hosts]");
}

TEST(Loader, what_a_signature_was_verified_on_is_one_of_four) {
  const std::string rest = kCard + kPattern + kRule;
  const Loaded loaded = load("verified_on = \"real capture\"\n" + rest);
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].text();
  EXPECT_EQ(loaded.signatures.at(0).verified, Verified::capture);
  EXPECT_EQ(name_of(Verified::client), "real client, local server");
  EXPECT_EQ(mistake_in("verified_on = \"my word\"\n" + rest),
            "probe.toml:1:15: 'my word' is no verification");
}

}  // namespace
}  // namespace parlance
