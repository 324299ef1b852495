package org.wardline.gateway.smpp;

/**
 * The command_status values a submit or bind meets (SMPP 3.4 §5.1.3), in words, and whether trying
 * again later can help.
 */
final class CommandStatus {
  static final int OK = 0x00;
  static final int INVALID_LENGTH = 0x02;
  static final int INVALID_COMMAND_ID = 0x03;
  static final int SYSTEM_ERROR = 0x08;
  static final int BIND_FAILED = 0x0D;
  static final int INVALID_PASSWORD = 0x0E;
  static final int QUEUE_FULL = 0x14;
  static final int THROTTLED = 0x58;
  static final int RECEIVER_TEMPORARY = 0x64;

  private CommandStatus() {}

  static boolean isThrottle(int status) {
    return status == THROTTLED || status == QUEUE_FULL;
  }

  /** True when the same text will be refused again. */
  static boolean isPermanent(int status) {
    return switch (status) {
      // Wrong state, the SMSC's own trouble, or congestion; 0x45 (submit failed) is what many
      // carriers say when a route is down for the moment.
      case 0x04, 0x05, SYSTEM_ERROR, QUEUE_FULL, 0x45, THROTTLED, RECEIVER_TEMPORARY, 0xFF -> false;
      default -> true;
    };
  }

  static String meaning(int status) {
    return switch (status) {
      case OK -> "Accepted";
      case 0x01 -> "The carrier says the message length is invalid";
      case INVALID_LENGTH -> "The carrier says the command length is invalid";
      case INVALID_COMMAND_ID -> "The carrier does not know this command";
      case 0x04 -> "The carrier says the link is not bound for sending";
      case 0x05 -> "The carrier says this account is already bound";
      case SYSTEM_ERROR -> "The carrier has a system error";
      case 0x0A -> "The carrier does not accept the sender's number";
      case 0x0B -> "The carrier does not accept the recipient's number";
      case 0x0C -> "The carrier does not know this message id";
      case BIND_FAILED -> "The carrier refused the bind";
      case INVALID_PASSWORD -> "The carrier does not accept the password";
      case 0x0F -> "The carrier does not know the system id";
      case QUEUE_FULL -> "The carrier's queue is full";
      case 0x43 -> "The carrier does not accept this kind of message (esm_class)";
      case 0x45 -> "The carrier could not take the message (submit failed)";
      case 0x48 -> "The carrier does not accept the sender's type of number";
      case 0x49 -> "The carrier does not accept the sender's numbering plan";
      case 0x50 -> "The carrier does not accept the recipient's type of number";
      case 0x51 -> "The carrier does not accept the recipient's numbering plan";
      case 0x53 -> "The carrier does not accept the system type";
      case THROTTLED -> "The carrier asks to send more slowly";
      case 0x61 -> "The carrier does not accept the scheduled time";
      case 0x62 -> "The carrier does not accept the expiry time";
      case RECEIVER_TEMPORARY -> "The carrier has a temporary error";
      case 0x65 -> "The carrier has a permanent error";
      case 0x66 -> "The carrier rejected the message";
      case 0x67 -> "The carrier could not say what became of the message (query_sm failed)";
      case 0xFF -> "The carrier reports an unknown error";
      default ->
          status >= 0x400 && status <= 0x4FF
              ? "The carrier answered with its own code " + hex(status)
              : "The carrier answered with status " + hex(status);
    };
  }

  static String hex(int status) {
    return "0x%08X".formatted(status);
  }
}
