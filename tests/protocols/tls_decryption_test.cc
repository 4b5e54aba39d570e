// TLS that is opened with keys. Without them: tls_test.cc.
#include <gtest/gtest.h>

#include "support/recording_findings.h"
#include "support/tls_connections.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

using Kind = TlsSecretKind;
constexpr uint8_t kChangeCipher = 20, kAlert = 21, kHandshake = 22, kApplication = 23;
constexpr Direction kToServer = Direction::to_server, kToClient = Direction::to_client;

/// Joins records in the order in which they stand: that of sealing must be the same, and operands
/// of '+' are evaluated in any.
std::string operator<<(std::string first, const std::string& second) {
  return std::move(first.append(second));
}

/// One connection that is listened to.
class Listener {
 public:
  RecordingFindings findings;
  TlsSecrets& secrets = findings.known_secrets;

  void client(const std::string& octets) { say(kToServer, octets); }
  void server(const std::string& octets) { say(kToClient, octets); }
  void hole(Direction direction, size_t length) {
    if (!is_over()) parser_->gap(direction, length, findings);
  }
  void end(Direction direction) {
    if (!is_over()) parser_->end(direction, findings);
  }

  bool is_over() const { return findings.is_over(); }
  std::string inner(Direction direction) const {
    return findings.inner.empty() ? "" : findings.inner[0].bytes[index(direction)];
  }
  int gaps() const { return findings.inner.empty() ? 0 : findings.inner[0].gaps; }
  int64_t unopened() const {
    const auto found = findings.notes.find("tls.unopened_records");
    return found == findings.notes.end() ? 0 : std::get<int64_t>(found->second);
  }

 private:
  void say(Direction direction, const std::string& octets) {
    // A copy of its own, so that a sanitizer sees a view that outlives the call.
    const std::string copy = octets;
    if (!is_over()) parser_->data(direction, as_bytes(copy), findings);
  }
  std::unique_ptr<Parser> parser_ = find_parser("tls")->make({});
};

/// After the handshake of TLS 1.3, all secrets known.
struct Opened13 : Listener {
  Tls13Connection tls;
  Opened13() {
    tls.tell_all(secrets);
    client(client_hello_record());
    server(tls.server_hello() << tls.server_flight());
    client(tls.client_finished());
  }
};

/// The same of TLS 1.2.
struct Opened12 : Listener {
  Tls12Connection tls;
  explicit Opened12(bool with_keys = true) {
    if (with_keys) tls.tell(secrets);
    begin(*this, tls);
  }
  static std::string finished(Tls12Connection& of, Direction direction) {
    return tls_record(kChangeCipher, hex("01"))
           << of.seal(direction, kHandshake, handshake_message(20, std::string(12, 'f')));
  }
  static void begin(Listener& to, Tls12Connection& of) {
    to.client(tls_record(kHandshake, of.client_hello_message()));
    to.server(tls_record(kHandshake, of.server_flight()));
    to.client(tls_record(kHandshake, handshake_message(16, "key")) << finished(of, kToServer));
    to.server(finished(of, kToClient));
  }
};

// ---- TLS 1.3

TEST(TlsDecryption, all_secrets_open_both_directions) {
  Opened13 c;
  c.client(c.tls.client_data("question"));
  c.server(c.tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.gaps(), 0);
  EXPECT_TRUE(c.findings.has("records-opened"));
  EXPECT_EQ(c.findings.best(), Strength::proof);
  EXPECT_EQ(c.unopened(), 0);
  EXPECT_EQ(c.findings.inner[0].carrier, Carrier::tls);
  EXPECT_FALSE(c.is_over());
}

TEST(TlsDecryption, secrets_of_application_data_are_enough) {
  Tls13Connection tls;
  Listener c;
  tls.tell(c.secrets, Kind::client_application);
  tls.tell(c.secrets, Kind::server_application);
  c.client(client_hello_record());
  c.server(tls.server_hello() << tls.server_flight());
  c.client(tls.client_finished() << tls.client_data("question"));
  c.server(tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.gaps(), 0) << "of the handshake records nothing belongs to the inner channel";
}

TEST(TlsDecryption, one_direction_is_opened_if_only_its_secrets_are_known) {
  Tls13Connection tls;
  Listener c;
  tls.tell(c.secrets, Kind::server_application);
  c.client(client_hello_record());
  c.server(tls.server_hello() << tls.server_flight());
  c.client(tls.client_finished() << tls.client_data("question"));
  c.server(tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToServer), "");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_FALSE(c.is_over());
}

TEST(TlsDecryption, content_is_padded_or_empty_at_will) {
  Opened13 c;
  c.client(c.tls.seal(Kind::client_application, kApplication, "a")
           << c.tls.client_data("") << c.tls.client_data("b"));
  EXPECT_EQ(c.inner(kToServer), "ab");
}

/// Records of the client behind both hellos until the parser has said all.
int records_until_over(Listener& c) {
  Tls13Connection tls;
  c.client(client_hello_record());
  c.server(tls.server_hello());
  int records = 0;
  for (; !c.is_over() && records < 100; ++records) c.client(tls.client_data("question"));
  EXPECT_EQ(c.findings.best(), Strength::proof);
  EXPECT_TRUE(c.findings.inner.empty());
  EXPECT_EQ(c.unopened(), 0);
  return records;
}

TEST(TlsDecryption, secrets_of_other_connections_end_the_work_as_early_as_none) {
  Listener without, with_others;
  with_others.secrets.add(Kind::client_application, as_bytes(std::string(32, 'x')), pattern(32));
  const int records = records_until_over(without);
  EXPECT_LT(records, 64);
  EXPECT_EQ(records_until_over(with_others), records);
}

TEST(TlsDecryption, secrets_that_do_not_fit_are_tried_on_32_records) {
  Tls13Connection tls;
  Listener c;
  c.secrets.add(Kind::client_application, as_bytes(kClientRandom), pattern(32, 7));
  c.secrets.add(Kind::server_application, as_bytes(kClientRandom), pattern(32, 8));
  c.client(client_hello_record());
  c.server(tls.server_hello());
  for (int i = 0; i < 31; ++i) c.client(tls.client_data("no"));
  EXPECT_FALSE(c.is_over());
  c.client(tls.client_data("no"));
  EXPECT_TRUE(c.findings.finished);
  EXPECT_TRUE(c.findings.inner.empty());
  EXPECT_FALSE(c.findings.has("records-opened"));
}

TEST(TlsDecryption, the_work_ends_when_nobody_listens_inside) {
  Opened13 c;
  c.findings.inner_listens = false;
  c.client(c.tls.client_data("question"));
  EXPECT_TRUE(c.findings.finished);
}

TEST(TlsDecryption, keys_change_with_each_key_update_in_its_direction) {
  Opened13 c;
  for (const std::string part : {"a", "b", "c"}) {
    c.client(c.tls.client_data(part));
    c.client(c.tls.key_update(Kind::client_application));
    c.server(c.tls.server_data(part));
    if (part == "b") c.server(c.tls.key_update(Kind::server_application));
  }
  EXPECT_EQ(c.inner(kToServer), "abc");
  EXPECT_EQ(c.inner(kToClient), "abc");
  EXPECT_EQ(c.unopened(), 0);
}

TEST(TlsDecryption, alpn_that_is_encrypted_is_reported) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record());
  c.server(tls.server_hello() << tls.handshake(Kind::server_handshake, 8,
                                               hex("0009 0010 0005 0003 02 6832")));
  EXPECT_EQ(c.findings.fields.find("tls.alpn_server")->second, "h2");
}

TEST(TlsDecryption, second_hello_after_a_retry_request_counts) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record());
  c.server(Tls13Connection::retry_request() << tls_record(kChangeCipher, hex("01")));
  c.client(tls_record(kChangeCipher, hex("01")) << client_hello_record());
  c.server(tls.server_hello() << tls.server_flight());
  c.client(tls.client_finished() << tls.client_data("question"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.unopened(), 0);
}

// ---- early data

TEST(TlsDecryption, early_data_that_is_accepted_comes_first) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record(true) << tls.data(Kind::client_early, "early "));
  c.server(tls.server_hello(true) << tls.server_flight(true) << tls.server_data("answer"));
  c.client(tls.data(Kind::client_early, "bird ") << tls.handshake(Kind::client_early, 5, ""));
  c.client(tls.client_finished() << tls.client_data("late"));
  EXPECT_EQ(c.inner(kToServer), "early bird late");
  ASSERT_FALSE(c.findings.inner.empty());
  EXPECT_EQ(c.findings.inner[0].late.size(), 1U) << "only what came before the server's hello";
  EXPECT_EQ(c.gaps(), 0);
  EXPECT_EQ(c.unopened(), 0);
}

TEST(TlsDecryption, early_data_that_is_refused_is_not_delivered) {
  for (const bool together : {true, false}) {
    Tls13Connection tls;
    Listener c;
    tls.tell_all(c.secrets);
    c.client(client_hello_record(true) << tls.data(Kind::client_early, "early "));
    c.server(tls.server_hello(true));
    if (!together) c.client(tls.data(Kind::client_early, "bird "));
    c.server(tls.server_flight(false));
    c.client(tls.client_finished() << tls.client_data("early late"));
    EXPECT_EQ(c.inner(kToServer), "early late");
    EXPECT_EQ(c.gaps(), 0);
  }
}

TEST(TlsDecryption, early_data_before_a_retry_request_is_not_delivered) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record(true) << tls.data(Kind::client_early, "early "));
  c.server(Tls13Connection::retry_request());
  c.client(client_hello_record());
  c.server(tls.server_hello() << tls.server_flight());
  c.client(tls.client_finished() << tls.client_data("late"));
  EXPECT_EQ(c.inner(kToServer), "late");
  EXPECT_EQ(c.gaps(), 0);
}

TEST(TlsDecryption, early_data_without_its_secret_is_a_gap) {
  Tls13Connection tls;
  Listener c;
  for (const Kind each :
       {Kind::client_handshake, Kind::server_handshake, Kind::client_application}) {
    tls.tell(c.secrets, each);
  }
  c.client(client_hello_record(true) << tls.data(Kind::client_early, "early "));
  c.server(tls.server_hello(true) << tls.server_flight(true));
  c.client(tls.handshake(Kind::client_early, 5, "")
           << tls.client_finished() << tls.client_data("late"));
  EXPECT_EQ(c.inner(kToServer), "late");
  EXPECT_EQ(c.gaps(), 1);
  EXPECT_EQ(c.unopened(), 1) << "EndOfEarlyData";
}

TEST(TlsDecryption, early_data_beyond_the_limit_does_not_stop_the_handshake) {
  Tls13Connection tls;
  Listener c;
  c.findings.limit_values.withheld_octets = 1000;
  tls.tell_all(c.secrets);
  c.client(client_hello_record(true));
  for (int i = 0; i < 3; ++i) c.client(tls.data(Kind::client_early, std::string(600, 'e')));
  c.server(tls.server_hello(true) << tls.server_flight(true));
  c.client(tls.client_finished() << tls.client_data("late"));
  EXPECT_EQ(c.findings.best(), Strength::proof);
  EXPECT_EQ(c.inner(kToServer), "late");
  EXPECT_EQ(c.gaps(), 1);
}

// ---- keys that come late

TEST(TlsDecryption, records_wait_for_keys_and_keep_their_places) {
  Tls13Connection tls;
  Listener c;
  c.secrets.set_may_grow(true);
  const std::string hello = client_hello_record(), finished = tls.client_finished();
  c.client(hello);
  c.server(tls.server_hello() << tls.server_flight());
  c.client(finished << tls.client_data("question"));
  c.server(tls.server_data("answer"));
  EXPECT_TRUE(c.findings.inner.empty());
  tls.tell_all(c.secrets);
  c.client(tls.client_data(", please"));
  EXPECT_EQ(c.inner(kToServer), "question, please");
  EXPECT_EQ(c.inner(kToClient), "answer");
  ASSERT_EQ(c.findings.inner[0].late.size(), 2U);
  EXPECT_EQ(c.findings.inner[0].late[0], hello.size() + finished.size());
}

TEST(TlsDecryption, handshake_secrets_alone_do_not_end_the_wait) {
  Tls13Connection tls;
  Listener c;
  c.secrets.set_may_grow(true);
  c.client(client_hello_record());
  tls.tell(c.secrets, Kind::client_handshake);
  tls.tell(c.secrets, Kind::server_handshake);
  c.server(tls.server_hello() << tls.server_flight() << tls.server_data("hello"));
  tls.tell(c.secrets, Kind::server_application);
  c.client(tls.client_finished() << tls.client_data("question"));
  EXPECT_TRUE(c.findings.inner.empty());
  tls.tell(c.secrets, Kind::client_application);  // as OpenSSL's servers log it: last
  c.server(tls.server_data(" answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "hello answer");
  EXPECT_EQ(c.unopened(), 0);
}

TEST(TlsDecryption, records_do_not_wait_beyond_the_limit) {
  Tls13Connection tls;
  Listener c;
  c.secrets.set_may_grow(true);
  c.findings.limit_values.withheld_octets = 1000;
  c.client(client_hello_record());
  c.server(tls.server_hello());
  c.client(tls.client_data(std::string(500, 'x')));
  EXPECT_FALSE(c.is_over());
  c.client(tls.client_data(std::string(500, 'x')));
  EXPECT_TRUE(c.findings.finished);
}

TEST(TlsDecryption, keys_of_one_direction_are_used_at_the_limit_or_the_end) {
  for (const bool limit : {true, false}) {
    Tls13Connection tls;
    Listener c;
    c.secrets.set_may_grow(true);
    c.findings.limit_values.withheld_octets = 1000;
    tls.tell(c.secrets, Kind::server_application);
    c.client(client_hello_record());
    c.server(tls.server_hello() << tls.server_data("answer"));
    EXPECT_TRUE(c.findings.inner.empty());
    if (limit) {
      c.server(tls.server_data(std::string(1000, '.')));
    } else {
      c.end(kToClient);
    }
    EXPECT_EQ(c.inner(kToClient).substr(0, 6), "answer");
  }
}

TEST(TlsDecryption, keys_that_came_with_the_end_are_used) {
  Tls13Connection tls;
  Listener c;
  c.secrets.set_may_grow(true);
  c.client(client_hello_record());
  c.server(tls.server_hello() << tls.server_flight() << tls.server_data("bye"));
  tls.tell_all(c.secrets);
  c.end(kToClient);
  EXPECT_EQ(c.inner(kToClient), "bye");
}

TEST(TlsDecryption, a_cipher_that_cannot_be_opened_is_not_waited_for) {
  Listener c;
  c.secrets.set_may_grow(true);
  c.client(client_hello_record());
  c.server(tls_record(
      kHandshake,
      handshake_message(2, hex("0303") << kServerRandom << hex("00 13c7 00 0006 002b 0002 0304"))));
  EXPECT_TRUE(c.findings.finished);
}

TEST(TlsDecryption, records_in_the_clear_are_not_read_for_ever) {
  for (const bool known : {true, false}) {
    Listener c;
    Tls13Connection tls;
    if (known) tls.tell_all(c.secrets);
    c.secrets.set_may_grow(true);
    c.client(client_hello_record());
    c.server(tls.server_hello());
    for (int i = 0; i < 70; ++i) c.client(tls_record(kChangeCipher, hex("01")));
    EXPECT_TRUE(c.findings.finished);
  }
}

// ---- holes and damage

std::string damaged(std::string record) {
  record.back() = static_cast<char>(record.back() ^ 1);
  return record;
}

TEST(TlsDecryption, a_record_that_does_not_verify_is_one_gap) {
  Opened13 c;
  c.client(c.tls.client_data("one "));
  c.client(damaged(c.tls.client_data("two ")));
  EXPECT_EQ(c.gaps(), 1);
  c.client(c.tls.client_data("three"));
  EXPECT_EQ(c.inner(kToServer), "one three");
  EXPECT_EQ(c.gaps(), 1);
  EXPECT_EQ(c.unopened(), 1);
}

TEST(TlsDecryption, the_first_record_with_new_keys_may_be_the_damaged_one) {
  Opened13 c;
  c.client(damaged(c.tls.client_data("one ")));
  c.client(c.tls.client_data("two"));
  EXPECT_EQ(c.inner(kToServer), "two");
  EXPECT_EQ(c.gaps(), 1);
}

TEST(TlsDecryption, a_hole_inside_a_record_costs_that_record) {
  Opened13 c;
  c.client(c.tls.client_data("one "));
  const std::string record = c.tls.client_data(std::string(100, '2'));
  c.client(record.substr(0, 30));
  c.hole(kToServer, 40);
  c.client(record.substr(70) << c.tls.client_data("three"));
  EXPECT_EQ(c.inner(kToServer), "one three");
  EXPECT_EQ(c.gaps(), 1);
}

TEST(TlsDecryption, a_hole_over_up_to_64_records_is_passed) {
  for (const int lost : {1, 2, 64, 65}) {
    Opened13 c;
    c.client(c.tls.client_data("one "));
    size_t length = 0;
    for (int i = 0; i < lost; ++i) length += c.tls.client_data("lost").size();
    c.hole(kToServer, length);
    c.client(c.tls.client_data("found"));
    EXPECT_EQ(c.inner(kToServer), lost <= 64 ? "one found" : "one ") << lost;
    EXPECT_EQ(c.gaps(), 1);
  }
}

TEST(TlsDecryption, records_are_found_again_in_the_middle_of_anything) {
  Opened13 c;
  c.client(c.tls.client_data("one "));
  const std::string lost = c.tls.client_data(std::string(2000, 'l'));
  c.hole(kToServer, 1000);  // its header among them
  const std::string rest = lost.substr(1000)
                           << c.tls.client_data("found ") << c.tls.client_data("again");
  for (const char octet : rest) c.client(std::string(1, octet));
  EXPECT_EQ(c.inner(kToServer), "one found again");
  EXPECT_EQ(c.gaps(), 1);
}

TEST(TlsDecryption, a_second_hole_while_records_are_searched_changes_nothing) {
  Opened13 c;
  c.client(c.tls.client_data("one "));
  c.hole(kToServer, 500);
  c.client(hex("17 0303 0040") << std::string(10, 'g'));  // may be a record, may be not
  c.hole(kToServer, 20);
  c.client(c.tls.client_data("found"));
  EXPECT_EQ(c.inner(kToServer), "one found");
}

TEST(TlsDecryption, a_hole_in_the_handshake_is_no_gap_inside) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record());
  const std::string flight = tls.handshake(Kind::server_handshake, 8, hex("0000"))
                             << tls.handshake(Kind::server_handshake, 11, std::string(3000, 'c'))
                             << tls.handshake(Kind::server_handshake, 20, std::string(32, 'f'));
  c.server(tls.server_hello() << flight.substr(0, 500));
  c.hole(kToClient, 1000);
  c.server(flight.substr(1500));
  c.client(tls.client_finished() << tls.client_data("question"));
  c.server(tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.gaps(), 0);
}

TEST(TlsDecryption, a_hole_that_may_hold_application_data_is_a_gap) {
  Tls13Connection tls;
  Listener c;
  tls.tell_all(c.secrets);
  c.client(client_hello_record());
  const std::string flight = tls.server_flight(), lost = tls.server_data("lost");
  c.server(tls.server_hello() << flight.substr(0, 20));
  c.hole(kToClient, flight.size() - 20 + lost.size());
  c.server(tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.gaps(), 1);
}

TEST(TlsDecryption, a_message_that_a_hole_cut_is_not_continued) {
  Opened13 c;
  c.server(
      c.tls.seal(Kind::server_application, kHandshake, hex("04 000064") << std::string(50, 't')));
  c.hole(kToClient, c.tls.seal(Kind::server_application, kHandshake, std::string(50, 't')).size());
  c.server(c.tls.key_update(Kind::server_application));
  c.server(c.tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToClient), "answer");
}

TEST(TlsDecryption, what_never_opens_behind_a_hole_is_given_up) {
  Opened13 c;
  c.client(c.tls.client_data("one"));
  c.hole(kToServer, 100'000);
  const std::string like_a_record = hex("17 0303 4000") << std::string(16384, 'x');
  for (int i = 0; i < 70; ++i) c.client(like_a_record);
  c.client(c.tls.client_data("two"));
  EXPECT_EQ(c.inner(kToServer), "one");
  c.server(c.tls.server_data("answer"));
  EXPECT_EQ(c.inner(kToClient), "answer") << "the other direction goes on";
}

// ---- what nobody may do

TEST(TlsDecryption, hellos_inside_tls_1_3_change_nothing) {
  Opened13 c;
  Tls13Connection other;
  const std::string hello = Tls13Connection::server_hello().substr(5);
  const std::string done = handshake_message(14, "");
  // Several messages in a record: they are read from what was opened, which must stay.
  c.server(c.tls.seal(Kind::server_handshake, kHandshake, hello << done << hello << hello));
  c.server(c.tls.seal(Kind::server_application, kHandshake, done << hello << hello << done));
  c.client(c.tls.seal(Kind::client_application, kHandshake, client_hello_record().substr(5)));
  c.server(c.tls.server_data("answer"));
  c.client(c.tls.client_data("question"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.findings.notes.count("tls.renegotiated"), 0U);
}

TEST(TlsDecryption, tls_1_2_does_not_become_tls_1_3) {
  Opened12 c;
  Tls13Connection later;
  later.tell_all(c.secrets);
  c.client(c.tls.seal(kToServer, kHandshake, client_hello_record().substr(5)));
  c.server(c.tls.seal(kToClient, kHandshake,
                      Tls13Connection::server_hello().substr(5)
                          << handshake_message(14, "")
                          << Tls13Connection::server_hello().substr(5)));
  c.server(c.tls.data(kToClient, "answer"));
  EXPECT_EQ(c.inner(kToClient), "answer");
}

// ---- TLS 1.2 and before

TEST(TlsDecryption, a_master_secret_opens_tls_1_2) {
  Opened12 c;
  c.client(c.tls.data(kToServer, "question"));
  c.server(c.tls.data(kToClient, "answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.unopened(), 0);
}

TEST(TlsDecryption, keys_of_tls_1_2_may_come_after_ciphers_were_changed) {
  Listener c;
  Tls12Connection tls;
  c.secrets.set_may_grow(true);
  Opened12::begin(c, tls);
  c.client(tls.data(kToServer, "question"));
  tls.tell(c.secrets);
  c.server(tls.data(kToClient, "answer"));
  EXPECT_EQ(c.inner(kToServer), "question");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.unopened(), 0);
}

void renegotiate(Opened12& c, Tls12Connection& next) {
  c.client(c.tls.data(kToServer, "one "));
  c.client(c.tls.seal(kToServer, kHandshake, next.client_hello_message()));
  c.server(c.tls.seal(kToClient, kHandshake, next.server_flight()));
  c.client(c.tls.seal(kToServer, kHandshake, handshake_message(16, "key"))
           << c.tls.seal(kToServer, kChangeCipher, hex("01"))
           << next.seal(kToServer, kHandshake, handshake_message(20, std::string(12, 'f'))));
  c.server(c.tls.seal(kToClient, kChangeCipher, hex("01"))
           << next.seal(kToClient, kHandshake, handshake_message(20, std::string(12, 'f'))));
  c.client(next.data(kToServer, "two"));
  c.server(next.data(kToClient, "answer"));
}

TEST(TlsDecryption, a_renegotiation_has_keys_of_its_own) {
  Opened12 c;
  Tls12Connection next('a');
  next.tell(c.secrets);
  renegotiate(c, next);
  EXPECT_EQ(c.inner(kToServer), "one two");
  EXPECT_EQ(c.inner(kToClient), "answer");
  EXPECT_EQ(c.unopened(), 0);
  EXPECT_EQ(c.gaps(), 0);
}

TEST(TlsDecryption, a_renegotiation_without_keys_delivers_nothing_wrong) {
  Opened12 c;
  Tls12Connection next('a');
  renegotiate(c, next);
  EXPECT_EQ(c.inner(kToServer), "one ");
  EXPECT_EQ(c.inner(kToClient), "");
}

TEST(TlsDecryption, nobody_renegotiates_for_ever) {
  Opened12 c;
  Tls12Connection next('a');
  next.tell(c.secrets);
  for (int i = 0; i < 20; ++i) {
    c.client(c.tls.seal(kToServer, kHandshake, next.client_hello_message()));
    c.server(c.tls.seal(kToClient, kHandshake, next.server_flight()));
  }
  EXPECT_TRUE(c.findings.finished);
}

TEST(TlsDecryption, an_ssl_2_hello_begins_a_connection_like_any_other) {
  const std::string challenge(16, 'c');
  const std::string random = std::string(16, '\0') << challenge;
  const auto suite = *tls_cipher_suite(0x002f);
  TlsMasterSecret master;
  master.fill('m');
  const TlsKeys keys =
      tls12_keys(0x0301, suite, master, {as_bytes(random), as_bytes(kServerRandom)});
  Listener c;
  c.secrets.add(Kind::master, as_bytes(random), master);
  c.client(hex("801f 01 0301 0006 0000 0010 00002f 000004") << challenge);
  c.server(
      tls_record(kHandshake, handshake_message(2, hex("0301") << kServerRandom << hex("00 002f 00"))
                                 << handshake_message(14, "")));
  c.client(tls_record(kHandshake, handshake_message(16, "key"))
           << tls_record(kChangeCipher, hex("01")));
  EXPECT_FALSE(c.is_over()) << "there are keys";
  EXPECT_EQ(c.findings.best(), Strength::proof);
}

// ---- every cut

void know_tls13(RecordingFindings& findings) {
  Tls13Connection().tell_all(findings.known_secrets);
}
void know_tls12(RecordingFindings& findings) {
  Tls12Connection().tell(findings.known_secrets);
}

TEST(TlsDecryption, has_the_habits_of_a_parser_in_tls_1_3) {
  Tls13Connection tls;
  expect_parser_habits(
      "tls",
      {client(client_hello_record()), server(tls.server_hello() << tls.server_flight()),
       client(tls.client_finished() << tls.client_data("question")),
       server(tls.server_data("answer")
              << damaged(tls.server_data("lost")) << tls.key_update(Kind::server_application)
              << tls.server_data("more")),
       client(tls.client_data("thanks"))},
      {}, know_tls13);
}

TEST(TlsDecryption, has_the_habits_of_a_parser_with_early_data) {
  for (const bool accepted : {true, false}) {
    Tls13Connection tls;
    expect_parser_habits(
        "tls",
        {client(client_hello_record(true) << tls.data(Kind::client_early, "early ")),
         server(tls.server_hello(true) << tls.server_flight(accepted) << tls.server_data("answer")),
         client(tls.client_finished() << tls.client_data("question"))},
        {}, know_tls13);
  }
}

TEST(TlsDecryption, has_the_habits_of_a_parser_in_tls_1_2) {
  Tls12Connection tls;
  expect_parser_habits(
      "tls",
      {client(tls_record(kHandshake, tls.client_hello_message())),
       server(tls_record(kHandshake, tls.server_flight())),
       client(tls_record(kHandshake, handshake_message(16, "key"))
              << Opened12::finished(tls, kToServer)),
       server(Opened12::finished(tls, kToClient)), client(tls.data(kToServer, "question")),
       server(tls.data(kToClient, "answer")), client(tls.seal(kToServer, kAlert, hex("0100")))},
      {}, know_tls12);
}

}  // namespace
}  // namespace parlance::test
