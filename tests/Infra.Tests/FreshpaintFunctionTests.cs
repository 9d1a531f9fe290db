using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class FreshpaintFunctionTests
{
    [NodeFact]
    public async Task The_functions_own_tests_pass()
    {
        CommandResult result = await CommandLine.RunAsync("node", Repository.PathOf("integrations/freshpaint-function"), "--test", "--test-reporter=tap", "test/index.test.js");

        result.ExitCode.ShouldBe(0, result.Everything);
        result.Output.ShouldContain("# fail 0");
        result.Output.ShouldNotContain("# pass 0");
    }
}
