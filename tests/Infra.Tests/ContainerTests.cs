using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>The images and the places they run in say the same of user, port, volume, health and stop; no image is made here.</summary>
public sealed class ContainerTests
{
    private const string User = "1654";
    private const string Volume = "/app/data";
    private const int Port = 8080;

    // What the host takes to stop at most, LocalHostApp.DrainTime, and something over.
    private const int StopSeconds = 40;

    [Fact]
    public async Task The_hosts_image_runs_as_a_user_of_its_own_on_both_architectures_and_writes_to_its_volume_alone()
    {
        JsonNode project = await EvaluateAsync("src/LocalHost/LocalHost.csproj");

        (Property(project, "ContainerUser"), Property(project, "ContainerFamily")).ShouldBe((User, "noble-chiseled"));
        Property(project, "ContainerRuntimeIdentifiers").ShouldBe("linux-x64;linux-arm64");
        Property(project, "RuntimeIdentifiers").ShouldBe(Property(project, "ContainerRuntimeIdentifiers"), "what is published must have been restored");
        Property(project, "ContainerRepository").ShouldBe("freshpaint-customerio-destination");
        Items(project, "ContainerPort").ShouldBe([$"{Port}="]);
        Items(project, "ContainerEnvironmentVariable").ShouldBe(
            [$"ASPNETCORE_HTTP_PORTS={Port}", "DOTNET_EnableDiagnostics=0", $"Queue__Path={Volume}/queue.db", $"TMPDIR={Volume}"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_sandboxs_image_listens_in_its_network_and_is_nobodys_root_either()
    {
        JsonNode project = await EvaluateAsync("src/TrackApiSandbox/TrackApiSandbox.csproj");

        (Property(project, "ContainerUser"), Property(project, "ContainerRepository")).ShouldBe((User, "customerio-sandbox"));
        Items(project, "ContainerPort").ShouldBe(["7072="]);
        Items(project, "ContainerEnvironmentVariable").ShouldContain("Sandbox__Anywhere=true");
    }

    [Fact]
    public void A_build_that_makes_no_image_fetches_nothing_for_other_machines() =>
        Repository.Text("src/Container.props").ShouldContain("<RuntimeIdentifiers Condition=\"'$(PublishProfile)' == 'DefaultContainer'\">");

    [Fact]
    public void Compose_starts_both_images_read_only_for_this_machine_alone_and_asks_the_host_for_its_health()
    {
        JsonNode file = Yaml.Read("compose.yaml");
        JsonNode host = file["services"]!["destination"]!;

        foreach ((string name, JsonNode? service) in file["services"]!.AsObject())
        {
            service!["read_only"]!.GetValue<string>().ShouldBe("true", name);
            service["cap_drop"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("ALL", name);
            service["ports"]!.AsArray().ShouldAllBe(port => port!.GetValue<string>().StartsWith("127.0.0.1:", StringComparison.Ordinal));
        }

        host["ports"]![0]!.GetValue<string>().ShouldBe($"127.0.0.1:7071:{Port}");
        host["volumes"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe($"queue:{Volume}");
        host["stop_grace_period"]!.GetValue<string>().ShouldBe($"{StopSeconds}s");
        host["healthcheck"]!["test"]!.AsArray().Select(word => word!.GetValue<string>()).ShouldBe(["CMD", "dotnet", "/app/CustomerIoDestination.LocalHost.dll", "health"]);
        host["environment"]!["CustomerIo__TrackApiUrl"]!.GetValue<string>().ShouldBe("http://sandbox:7072");
        host["environment"]!.AsObject().Select(setting => setting.Key).ShouldBeSubsetOf(SettingGroups.All);
    }

    [Fact]
    public void The_kubernetes_manifest_is_one_pod_with_a_disk_nobody_is_root_in_and_time_to_stop()
    {
        JsonNode set = Yaml.ReadAll("infra/kubernetes/destination.yaml").Single(document => document["kind"]!.GetValue<string>() == "StatefulSet")["spec"]!;
        JsonNode pod = set["template"]!["spec"]!;
        JsonNode container = pod["containers"]!.AsArray().ShouldHaveSingleItem()!;

        Text(set["replicas"]).ShouldBe("1", "one process owns the queue's file");
        Text(pod["terminationGracePeriodSeconds"]).ShouldBe($"{StopSeconds}");
        Text(pod["automountServiceAccountToken"]).ShouldBe("false");
        (Text(pod["securityContext"]!["runAsNonRoot"]), Text(pod["securityContext"]!["runAsUser"]), Text(pod["securityContext"]!["fsGroup"])).ShouldBe(("true", User, User));
        Text(container["securityContext"]!["readOnlyRootFilesystem"]).ShouldBe("true");
        Text(container["securityContext"]!["allowPrivilegeEscalation"]).ShouldBe("false");
        Text(container["ports"]![0]!["containerPort"]).ShouldBe($"{Port}");
        Text(container["volumeMounts"]!.AsArray().ShouldHaveSingleItem()!["mountPath"]).ShouldBe(Volume);
        Text(container["readinessProbe"]!["httpGet"]!["path"]).ShouldBe("/api/health");
        Text(container["startupProbe"]!["httpGet"]!["path"]).ShouldBe("/api/health");
        container["livenessProbe"]!["httpGet"].ShouldBeNull("a restart mends neither a full disk nor a broker that is away");
        set["volumeClaimTemplates"]![0]!["spec"]!["accessModes"]![0]!.GetValue<string>().ShouldBe("ReadWriteOncePod");
    }

    [Fact]
    public void The_service_leads_to_the_pods_by_the_name_of_their_port()
    {
        JsonNode[] documents = Yaml.ReadAll("infra/kubernetes/destination.yaml");
        JsonNode service = documents.Single(document => Text(document["kind"]) == "Service")["spec"]!;
        JsonNode set = documents.Single(document => Text(document["kind"]) == "StatefulSet")["spec"]!;

        service["selector"]!.ToJsonString().ShouldBe(set["template"]!["metadata"]!["labels"]!.ToJsonString());
        service["selector"]!.ToJsonString().ShouldBe(set["selector"]!["matchLabels"]!.ToJsonString());
        Text(service["ports"]![0]!["targetPort"]).ShouldBe(Text(set["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["name"]));
    }

    private static string Text(JsonNode? node) => node.ShouldNotBeNull().GetValue<string>();

    /// <summary>What the SDK would make an image of.</summary>
    private static async Task<JsonNode> EvaluateAsync(string project)
    {
        CommandResult result = await CommandLine.RunAsync(
            "dotnet", Repository.PathOf("."), "msbuild", project, "-p:PublishProfile=DefaultContainer", "-getItem:ContainerPort,ContainerEnvironmentVariable",
            "-getProperty:ContainerUser,ContainerFamily,ContainerRuntimeIdentifiers,RuntimeIdentifiers,ContainerRepository");
        result.ExitCode.ShouldBe(0, result.Everything);
        return JsonNode.Parse(result.Output)!;
    }

    private static string Property(JsonNode project, string name) => Text(project["Properties"]![name]);

    private static string[] Items(JsonNode project, string type) =>
        [.. project["Items"]![type]!.AsArray().Select(item => $"{Text(item!["Identity"])}={item["Value"]?.GetValue<string>()}")];
}
