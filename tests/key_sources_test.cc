// Key logs as files and pipes: what is read of them, and when.
#include "key_sources.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/run_program.h"

namespace parlance {
namespace {

const std::string kRandom(64, '1');
const std::string kLine = "CLIENT_RANDOM " + kRandom + " " + std::string(96, '2') + "\n";
const std::vector<uint8_t> kName(32, 0x11);

bool knows(const TlsSecrets& secrets) {
  return secrets.find(TlsSecretKind::master, kName).has_value();
}

void append(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

TEST(KeySources, reads_a_pipe_to_its_end_however_slow_its_writer_is) {
  const std::string pipe = test::scratch_file("keys-to-the-end.fifo");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    append(pipe, kLine);  // opens only once there is a reader
  });
  TlsSecrets secrets;
  KeySources sources(secrets);
  const auto opened = sources.open({pipe}, false);
  writer.join();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(knows(secrets));
}

TEST(KeySources, waits_for_no_writer_while_packets_are_to_be_read) {
  const std::string pipe = test::scratch_file("keys-to-come.fifo");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  TlsSecrets secrets;
  KeySources sources(secrets);
  ASSERT_TRUE(sources.open({pipe}, true));
  EXPECT_FALSE(knows(secrets));
  EXPECT_TRUE(secrets.may_grow());
}

TEST(KeySources, a_log_that_is_not_there_yet_is_no_mistake_if_it_may_grow) {
  const std::string file = test::scratch_file("keys-to-be-made.log");
  TlsSecrets secrets;
  KeySources sources(secrets);
  ASSERT_TRUE(sources.open({file}, true));
  append(file, kLine);
  sources.read_more();
  EXPECT_TRUE(knows(secrets));
}

TEST(KeySources, a_log_that_is_not_there_is_named_otherwise) {
  const std::string file = test::scratch_file("no-keys.log");
  TlsSecrets secrets;
  const auto opened = KeySources(secrets).open({file}, false);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().text().find(file), std::string::npos);
}

}  // namespace
}  // namespace parlance
