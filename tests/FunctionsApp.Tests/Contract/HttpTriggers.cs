using CustomerIoDestination.FunctionsApp.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>A server that calls each HTTP function where its attributes and host.json say.</summary>
internal static class HttpTriggers
{
    public static async Task<WebApplication> StartAsync(IServiceProvider services)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        WebApplication server = builder.Build();
        string prefix = Repository.Json("host.json")["extensions"]!["http"]!["routePrefix"]!.GetValue<string>();
        foreach (Function function in Function.All.Where(function => function.Http is not null))
        {
            HttpTriggerAttribute trigger = function.Http!;
            string pattern = $"/{prefix}/{trigger.Route}".Replace("//", "/", StringComparison.Ordinal);
            RequestDelegate run = async context =>
            {
                IResult result = await function.RunAsync<IResult>(services, context.Request);
                await result.ExecuteAsync(context);
            };
            _ = trigger.Methods is { } methods ? server.MapMethods(pattern, methods.Select(method => method.ToUpperInvariant()), run) : server.Map(pattern, run);
        }

        await server.StartAsync();
        return server;
    }
}
