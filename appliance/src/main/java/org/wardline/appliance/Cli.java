package org.wardline.appliance;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The {@code wardline} command. Exit codes: 0 all is well, 1 it could not be done or the check
 * failed, 2 wrong usage.
 */
@Command(
    name = "wardline",
    description = "Looks after a Wardline installation.",
    subcommands = {StatusCommand.class, LinkCommand.class, CommandLine.HelpCommand.class})
public final class Cli {
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** With words instead of stack traces for what is expected to go wrong. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Cli());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof CommandFailed) {
            command.getErr().println(failure.getMessage());
            command.getErr().flush();
            return 1;
          }
          throw failure;
        });
    return line;
  }
}
