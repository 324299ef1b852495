package org.wardline.appliance;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help}, also for a command of a command: picocli's own takes one word only. */
@Command(
    name = "help",
    helpCommand = true,
    description = "Says how a command is used: help link route.")
final class HelpCommand implements Callable<Integer> {
  @Parameters(paramLabel = "COMMAND", arity = "0..*")
  List<String> path = List.of();

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine command = spec.parent().commandLine();
    for (String word : path) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw new ParameterException(
            command, "There is no such command: " + String.join(" ", path));
      }
      command = next;
    }
    command.usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.OK;
  }
}
