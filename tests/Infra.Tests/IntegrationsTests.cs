using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>What runs in Freshpaint and in pages is tested by node; here it is run.</summary>
public sealed class IntegrationsTests
{
    [NodeFact]
    public Task The_functions_own_tests_pass() => PassAsync("integrations/freshpaint-function", "test/index.test.js");

    [NodeFact]
    public Task The_browser_scripts_own_tests_pass() => PassAsync("integrations/freshpaint-browser", "test/freshpaint-browser.test.js");

    private static async Task PassAsync(string folder, string file)
    {
        CommandResult result = await CommandLine.RunAsync("node", Repository.PathOf(folder), "--test", "--test-reporter=tap", file);

        result.ExitCode.ShouldBe(0, result.Everything);
        result.Output.ShouldContain("# fail 0");
        result.Output.ShouldNotContain("# pass 0");
    }
}
