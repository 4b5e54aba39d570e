// Logs in to a Gadu-Gadu server with libgadu, sends a message, waits for one, and leaves.
//   gadu_client ADDRESS PORT [PROTOCOL]
#include <arpa/inet.h>
#include <libgadu.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char** arguments) {
  struct gg_login_params login = {0};
  struct gg_session* session;
  struct gg_event* event;
  int done = 0;
  if (count < 3) return 2;
  login.uin = 12345;
  login.password = (char*)"a-test-password";
  login.server_addr = inet_addr(arguments[1]);
  login.server_port = (uint16_t)atoi(arguments[2]);
  login.protocol_version = count > 3 ? (int)strtol(arguments[3], NULL, 0) : 0;
  login.status = GG_STATUS_AVAIL;
  login.encoding = GG_ENCODING_UTF8;
  session = gg_login(&login);  // waits
  if (session == NULL) return 1;
  gg_notify(session, NULL, 0);
  gg_send_message(session, GG_CLASS_CHAT, 54321, (const unsigned char*)"hello");
  gg_ping(session);
  while (!done && (event = gg_watch_fd(session)) != NULL) {
    printf("event %d\n", event->type);
    done = event->type == GG_EVENT_MSG;
    gg_event_free(event);
  }
  gg_change_status(session, GG_STATUS_NOT_AVAIL);
  gg_logoff(session);
  gg_free_session(session);
  return done ? 0 : 1;
}
