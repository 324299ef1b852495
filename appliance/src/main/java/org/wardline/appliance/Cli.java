package org.wardline.appliance;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code wardline} command. Exit codes: 0 all is well, 1 the check failed, 2 wrong usage. */
@Command(
    name = "wardline",
    description = "Looks after a Wardline installation.",
    subcommands = {StatusCommand.class, CommandLine.HelpCommand.class})
public final class Cli {
  public static void main(String[] args) {
    System.exit(new CommandLine(new Cli()).execute(args));
  }
}
