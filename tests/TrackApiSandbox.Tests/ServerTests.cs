using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Configuration;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task A_port_in_use_is_said_clearly()
    {
        await using var first = await RunningSandbox.StartAsync();
        int port = first.Server.BaseAddress.Port;

        var refusal = await Should.ThrowAsync<SandboxPortUnavailableException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { Port = port }, TimeProvider.System, CancellationToken.None));

        refusal.Port.ShouldBe(port);
        refusal.Message.ShouldBe($"The Track API sandbox cannot listen on 127.0.0.1:{port}: the port is in use. Free the port or set Sandbox__Port to another one (0 takes any free port).");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task A_port_out_of_range_is_refused_with_a_clear_message(int port)
    {
        var refusal = await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { Port = port }, TimeProvider.System, CancellationToken.None));

        refusal.Message.ShouldContain("Sandbox__Port must be between 0 and 65535.");
    }

    // By a name in its network (http://sandbox:7072) or an address; a name with a dot could be made to lead here by whoever owns the domain.
    [Theory]
    [InlineData("sandbox", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("localhost", true)]
    [InlineData("attacker.example", false)]
    public async Task In_a_container_it_is_asked_by_names_nobody_else_can_make_lead_there(string name, bool answers)
    {
        await using var anywhere = await RunningSandbox.StartAsync(new SandboxOptions { Port = 0, Anywhere = true });
        await using var alone = await RunningSandbox.StartAsync();

        (await AskAsync(anywhere)).ShouldBe(answers ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        (await AskAsync(alone)).ShouldBe(name == "localhost" ? HttpStatusCode.OK : HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> AskAsync(RunningSandbox sandbox)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/sandbox/stats") { Headers = { Host = $"{name}:{sandbox.Server.BaseAddress.Port}" } };
            using HttpResponseMessage response = await sandbox.Client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public void A_sandbox_listens_on_its_machine_alone_unless_it_is_told_otherwise() => new SandboxOptions().Anywhere.ShouldBeFalse();

    [Fact]
    public async Task A_stopped_server_frees_its_port()
    {
        var first = await RunningSandbox.StartAsync();
        int port = first.Server.BaseAddress.Port;
        await first.DisposeAsync();

        await using var second = await RunningSandbox.StartAsync(new SandboxOptions { Port = port });

        second.Server.BaseAddress.Port.ShouldBe(port);
    }

    [Fact]
    public async Task A_snapshot_does_not_change_afterwards()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"a":1}""");
        var before = sandbox.Server.GetState();

        await sandbox.IdentifyAsync("u1", """{"a":2}""");
        await sandbox.TrackAsync("u1", """{"name":"x"}""");

        before.People[0].Attributes["a"].ToString().ShouldBe("1");
        before.People[0].Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Calls_at_the_same_time_lose_nothing()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await Parallel.ForAsync(0, 500, async (n, _) => (await sandbox.TrackAsync($"u{n % 7}", $$"""{"name":"x","id":"e{{n % 400}}"}""")).ShouldBeAccepted());

        sandbox.Server.GetState().People.Sum(person => person.Events.Count).ShouldBe(400);
        sandbox.Server.GetStats().Requests.ShouldBe(500);
    }

    [Fact]
    public void Without_settings_the_defaults_hold()
    {
        SandboxOptions options = SandboxOptions.Read(new ConfigurationBuilder().Build());

        options.ShouldSatisfyAllConditions(
            () => options.Port.ShouldBe(7072),
            () => options.SiteId.ShouldBeNull(),
            () => options.ApiKey.ShouldBeNull(),
            () => options.Region.ShouldBe(SandboxRegion.Us));
    }

    [Fact]
    public void Settings_are_read_from_their_section()
    {
        SandboxOptions options = SandboxOptions.Read(Configuration(("Sandbox:Port", "0"), ("Sandbox:SiteId", "s"), ("Sandbox:ApiKey", "k"), ("Sandbox:Region", "eu")));

        options.ShouldSatisfyAllConditions(
            () => options.Port.ShouldBe(0),
            () => options.SiteId.ShouldBe("s"),
            () => options.ApiKey.ShouldBe("k"),
            () => options.Region.ShouldBe(SandboxRegion.Eu));
    }

    [Fact]
    public void A_setting_of_the_wrong_type_is_named()
    {
        Should.Throw<InvalidOperationException>(() => SandboxOptions.Read(Configuration(("Sandbox:Port", "many")))).Message.ShouldContain("Sandbox:Port");
    }

    [Fact]
    public async Task As_a_program_it_says_why_it_cannot_start()
    {
        await using var first = await RunningSandbox.StartAsync();
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            ArgumentList = { typeof(SandboxServer).Assembly.Location },
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["Sandbox__Port"] = first.Server.BaseAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        };

        using Process program = Process.Start(start)!;
        Task<string> output = program.StandardOutput.ReadToEndAsync();
        string error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();

        program.ExitCode.ShouldBe(1);
        error.ShouldStartWith("The Track API sandbox cannot listen on 127.0.0.1:");
        (await output).ShouldNotContain("Exception");
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
