package org.wardline.appliance;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The {@code wardline} command. Exit codes: 0 all is well, 1 it could not be done or the check
 * failed, 2 wrong usage.
 */
@Command(
    name = "wardline",
    description = "Looks after a Wardline installation.",
    subcommands = {StatusCommand.class, LinkCommand.class, HelpCommand.class})
public final class Cli {
  /** Where a source tree's Wardline keeps its data. */
  static final String DATA = ".wardline";

  /**
   * Written out, because picocli's {@code ${DEFAULT-VALUE}} shows the value that was given once a
   * command line has been read.
   */
  static final String DATA_HELP = "The data folder. Default: " + DATA;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Says how this command is used.")
  boolean help;

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
