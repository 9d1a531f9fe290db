using System.Net;
using System.Net.Sockets;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Start;

public sealed class BadStartTests
{
    private const string Key = "a-key-long-enough-to-be-one";

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_one_message_that_lists_them_all()
    {
        string message = await RefusalAsync("--Delivery:Mode=bulk", "--Sandbox:Port=x", "--Admin:Keys:0=s3cr3t");

        message.ShouldContain("3 problems");
        message.ShouldContain("Delivery__Mode: is none of single, batch");
        message.ShouldContain("Sandbox__Port");
        message.ShouldContain("Admin__Keys__0: has 6 characters");
        message.ShouldNotContain("s3cr3t");
    }

    [Theory]
    [InlineData("--ServiceBus=Endpoint=sb://example.servicebus.windows.net;SharedAccessKeyName=n;SharedAccessKey=a2V5")]
    [InlineData("--ServiceBus:fullyQualifiedNamespace=example.servicebus.windows.net")]
    public async Task Events_of_a_real_queue_do_not_end_in_a_sandbox(string connection) =>
        (await RefusalAsync("--Queue:Kind=serviceBus", connection)).ShouldStartWith("CustomerIo__SiteId: is missing");

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://127.0.0.1:0;http://192.168.1.1:0")]
    public async Task Listening_beyond_this_machine_needs_both_kinds_of_keys(string urls)
    {
        (await RefusalAsync($"--Urls={urls}")).ShouldContain("Ingest__Keys__0");
        (await RefusalAsync($"--Urls={urls}", $"--Ingest:Keys:0={Key}")).ShouldContain("Admin__Keys__0");
    }

    [Theory]
    [InlineData("Ingest__Keys is set", "--Ingest:Keys:0=" + Key)]
    [InlineData("Ingest__Keys is set", "--Ingest:Keys:1=" + Key)]
    [InlineData("Ingest__WriteKeys is set", "--Ingest:WriteKeys:0=" + Key, "--Ingest:AllowedOrigins=https://www.example.com")]
    [InlineData("Ingest__SigningSecret is set", "--Ingest:SigningSecret=" + Key)]
    [InlineData("Ingest__LifecycleKey is set", "--Ingest:LifecycleKey=" + Key)]
    [InlineData("Admin__Keys is set", "--Admin:Keys:0=" + Key)]
    [InlineData("CustomerIo__TrackApiUrl is set", "--CustomerIo:TrackApiUrl=http://127.0.0.1:9")]
    [InlineData("Ingest__SigningSecret is set", "--Urls=http://0.0.0.0:0", "--Ingest:SigningSecret=" + Key, "--Admin:Keys:0=another-key-long-enough")]
    [InlineData("Sandbox__Enabled is false", "--Sandbox:Enabled=false")]
    public async Task Where_real_events_may_come_there_is_no_sandbox_unless_it_is_asked_for(string reason, params string[] settings)
    {
        string message = await RefusalAsync(settings);

        message.ShouldStartWith("CustomerIo__SiteId: is missing");
        message.ShouldContain(reason);
        message.ShouldContain("Sandbox__Enabled=true");
        message.ShouldNotContain(Key);
    }

    [Fact]
    public async Task Health_data_never_ends_in_a_sandbox_that_other_machines_reach()
    {
        string[] open = ["--Urls=http://0.0.0.0:0", "--Sandbox:Enabled=true", $"--Ingest:Keys:0={Key}", "--Admin:Keys:0=another-key-long-enough"];

        (await RefusalAsync([.. open, "--Privacy:Hipaa=true"])).ShouldContain("Privacy__Hipaa is true, and other machines reach this one");
    }

    [Fact]
    public async Task A_name_with_one_underscore_too_few_does_not_end_in_a_sandbox() =>
        (await RefusalAsync("--CustomerIo_SiteId=site", "--Mappings:PersonIdentifier=email")).ShouldContain("CustomerIo_SiteId: is no setting of this product; did you mean CustomerIo__SiteId?");

    [Fact]
    public async Task A_port_in_use_is_named_and_leaves_no_sandbox_behind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        (await RefusalAsync($"--Urls=http://127.0.0.1:{port}")).ShouldContain($"127.0.0.1:{port} is in use");
        (await RefusalAsync($"--Sandbox:Port={port}")).ShouldContain("in use");
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using ChildProcess host = HostProcess.Start(folder.Path, [$"--Urls=http://127.0.0.1:{port}", "--Sandbox:Port=0"]);

        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        host.Output.Trim().ShouldBe($"127.0.0.1:{port} is in use. Choose other addresses with Urls (or ASPNETCORE_URLS).");
    }

    [Fact]
    public async Task A_start_that_fails_late_prints_no_stack_trace()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Queue, "this is no database, but somebody's notes; it is long enough to be read as a header");
        await using ChildProcess host = HostProcess.Start(folder.Path, ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={folder.Queue}"]);

        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain("Queue__Path");
        host.Output.ShouldNotContain("   at ");
        host.Output.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task A_file_that_is_no_queue_is_named_and_left_as_it_was()
    {
        using var folder = new TemporaryFolder();
        byte[] content = "this is no database, but somebody's notes; it is long enough to be read as a header"u8.ToArray();
        await File.WriteAllBytesAsync(folder.Queue, content);

        string message = await RefusalAsync($"--Queue:Path={folder.Queue}");

        message.ShouldContain(folder.Queue);
        message.ShouldContain("Queue__Path");
        (await File.ReadAllBytesAsync(folder.Queue)).ShouldBe(content);
    }

    [Fact]
    public async Task A_queue_in_use_by_another_host_is_named()
    {
        await using Host host = await Host.StartAsync();

        (await RefusalAsync($"--Queue:Path={host.App.Settings.Queue.Path}")).ShouldContain("is in use");
    }

    [Fact]
    public async Task The_program_prints_the_refusal_and_exits_with_1()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess host = HostProcess.Start(folder.Path, ["--Delivery:RequestsPerSecond=0"]);

        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain("Delivery__RequestsPerSecond: is no whole number from 1 to 1000");
        host.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_settings_file_that_is_broken_off_is_one_message_with_its_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"), "{\n\"Ingest\": {\"Keys\": [\"s3cr3t\"");
        await using ChildProcess host = HostProcess.Start(folder.Path, [$"--contentRoot={folder.Path}"]);

        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain("appsettings.json'. It is no JSON at line 2.");
        host.Output.ShouldNotContain("   at ");
        host.Output.ShouldNotContain("s3cr3t");
    }

    private static async Task<string> RefusalAsync(params string[] settings)
    {
        using var folder = new TemporaryFolder();
        StartRefusedException refused = await Should.ThrowAsync<StartRefusedException>(async () =>
        {
            await using LocalHostApp app = await LocalHostApp.StartAsync([.. Host.Arguments(folder.Queue), .. settings], CancellationToken.None);
        });
        return refused.Message;
    }
}
