using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Start;

public sealed class SandboxTests
{
    private const string Sentence = "Events go to a sandbox on this machine and are forgotten at exit.";

    [Fact]
    public async Task Without_keys_and_workspace_the_host_delivers_to_a_sandbox_and_says_so()
    {
        await using Host host = await Host.StartAsync();

        Banner.For(host.App).ShouldContain(Sentence);
        (await StatusAsync(host))["customerIo"]!["sandbox"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task With_keys_a_sandbox_that_is_asked_for_is_started_and_told()
    {
        await using Host host = await Host.StartAsync("--Sandbox:Enabled=true", "--Admin:Keys:0=a-key-long-enough-to-be-one");
        host.Http.DefaultRequestHeaders.Add("X-Admin-Key", "a-key-long-enough-to-be-one");

        (await StatusAsync(host))["customerIo"]!["sandbox"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task With_a_workspace_there_is_no_sandbox_and_no_word_of_one()
    {
        await using Host host = await Host.StartAsync("--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", "--CustomerIo:TrackApiUrl=http://127.0.0.1:9");

        host.App.Sandbox.ShouldBeNull();
        Banner.For(host.App).ShouldNotContain("sandbox");
        (await StatusAsync(host))["customerIo"]!["sandbox"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_in_capitals_is_warned_of_in_the_log()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess host = HostProcess.Start(folder.Path, ["--Urls=http://127.0.0.1:0", "--SANDBOX_ENABLED=true", "--Sandbox:Port=0"]);

        await Eventually.BecomesTrueAsync(
            () => Task.FromResult(host.Output.Contains("SANDBOX_ENABLED is not read; if the setting Sandbox__Enabled was meant, write it so.", StringComparison.Ordinal)),
            "the warning");
    }

    private static async Task<JsonNode> StatusAsync(Host host) => JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!;
}
