namespace CustomerIoDestination.Cli.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public void The_command_line_knows_a_host_by_http_alone_and_no_sandbox() =>
        typeof(CliContext).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name == "TrackApiSandbox" || name.StartsWith("CustomerIoDestination", StringComparison.Ordinal)).ShouldBe(["CustomerIoDestination"]);
}
