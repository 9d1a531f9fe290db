using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class RulesFileTests
{
    [Theory]
    [InlineData("[]", "$", "is a list; an object was expected")]
    [InlineData("", "$", "is no JSON")]
    [InlineData("{", "$", "is no JSON at line 1")]
    [InlineData("""{"name": 1}""", "name", "is unknown; known here: $schema, identify")]
    [InlineData("""{"circles": true}""", "circles", "is unknown; known here: $schema")]
    [InlineData("""{"privcy": {}}""", "privcy", "is unknown; did you mean \"privacy\"? Known here: $schema, identify")]
    [InlineData("""{"transfomations": []}""", "transfomations", "did you mean \"transformations\"?")]
    [InlineData("""{"events": {"enabeld": ["a"], "enabled": ["a"]}}""", "events.enabeld", "is unknown; did you mean \"enabled\"?")]
    [InlineData("""{"pages": 1}""", "pages", "is a number; true or false was expected")]
    [InlineData("""{"pages": true, "pages": false}""", "pages", "more than once")]
    [InlineData("""{"events": {}}""", "events", "names nothing; give \"enabled\"")]
    [InlineData("""{"events": {"enabled": "x"}}""", "events.enabled", "is a text; a list was expected")]
    [InlineData("""{"events": {"enabled": [1]}}""", "events.enabled[0]", "is a number; a text was expected")]
    [InlineData("""{"events": {"enabled": [" "]}}""", "events.enabled[0]", "is empty")]
    [InlineData("""{"sources": {"tv": true}}""", "sources.tv", "is unknown; known here: web, mobile, server")]
    [InlineData("""{"sources": {"web": false, "mobile": false, "server": false}}""", "sources", "all off")]
    [InlineData("""{"privacy": {"allow": {"events": {"Order Completed": "total"}}}}""", "privacy.allow.events[\"Order Completed\"]", "a list was expected")]
    [InlineData("""{"privacy": {}}""", "privacy", "has no \"allow\"")]
    [InlineData("""{"privacy": {"allow": {"events": {"a": [], "a": []}}}}""", "privacy.allow.events.a", "more than once")]
    [InlineData("""{"transformations": {}}""", "transformations", "a list was expected")]
    [InlineData("""{"transformations": [1]}""", "transformations[0]", "an object was expected")]
    [InlineData("""{"transformations": [{}]}""", "transformations[0]", "has no \"operation\": one of renameEvent")]
    [InlineData("""{"transformations": [{"operation": "erase"}]}""", "transformations[0].operation", "is none of renameEvent")]
    [InlineData("\"\\ud800\"", "$", "object was expected")]
    [InlineData("{\"transformations\": [{\"operation\": \"\\ud800\"}]}", "transformations[0].operation", "half of a surrogate pair")]
    [InlineData("{\"events\": {\"enabled\": [\"a\", \"x\\udc00y\"]}}", "events.enabled[1]", "half of a surrogate pair")]
    [InlineData("{\"privacy\": {\"allow\": {\"events\": {\"a\\ud800\": []}}}}", "privacy.allow.events", "and a name in it holds half of a surrogate pair")]
    [InlineData("{\"a\\ud800\": 1}", "$", "and a name in it holds half of a surrogate pair")]
    [InlineData("{\"transformations\": [{\"operation\": \"dropEvent\", \"on\": \"all\", \"when\": {\"property\": \"a\", \"in\": [1, \"\\ud83d\"]}}]}", "transformations[0].when.in[1]", "half of a surrogate pair")]
    [InlineData("{\"transformations\": [{\"operation\": \"sendConstantProperty\", \"on\": \"all\", \"property\": \"a\", \"value\": {\"b\": [\"\\ud83d\"]}}]}", "transformations[0].value.b[0]", "half of a surrogate pair")]
    public void A_problem_is_told_with_its_path_and_what_would_be_right(string text, string path, string message) => ShouldHave(text, path, message);

    [Theory]
    [InlineData("""{"operation": "deleteProperty", "property": "a"}""", "", "has no \"on\"")]
    [InlineData("""{"operation": "deleteProperty", "on": "Purchase", "property": "a"}""", ".on", "one event is a list too")]
    [InlineData("""{"operation": "deleteProperty", "on": [], "property": "a"}""", ".on", "names no event")]
    [InlineData("""{"operation": "deleteProperty", "on": "all"}""", "", "has no \"property\"")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": []}""", ".property", "is empty")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a", "to": "b"}""", ".to", "is unknown; known here: operation, on, property, when, name")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a..b"}""", ".property", "empty name")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a["}""", ".property", "has a [")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a[*]b"}""", ".property", "after [*]")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a\\"}""", ".property", "backslash")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a[*]"}""", ".property", "ends in [*]")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a.b.c.d.e.f.g.h.i"}""", ".property", "at most 8")]
    [InlineData("""{"operation": "renameEvent", "on": "events", "to": "x"}""", "", "every event would get one name")]
    [InlineData("""{"operation": "renameEvent", "on": ["*"], "to": "x"}""", "", "every event would get one name")]
    [InlineData("""{"operation": "renameEvent", "on": "users", "to": "x"}""", "", "must list names")]
    [InlineData("""{"operation": "renameEvent", "on": ["$page"], "to": "x"}""", "", "named by their URL")]
    [InlineData("""{"operation": "renameEvent", "on": ["a"]}""", "", "has no \"to\"")]
    [InlineData("""{"operation": "renameEvent", "on": ["a"], "to": "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"}""", ".to", "at most 100")]
    [InlineData("""{"operation": "renameProperty", "on": "all", "property": "a", "to": "a"}""", ".to", "own name")]
    [InlineData("""{"operation": "renameProperty", "on": "all", "property": "a[*].b", "to": "c"}""", ".to", "for instance a[*].name")]
    [InlineData("""{"operation": "copyProperty", "on": "all", "property": "a", "to": "a"}""", ".to", "own name")]
    [InlineData("""{"operation": "copyProperty", "on": "all", "property": "a[*].b", "to": "c"}""", ".to", "for instance a[*].name")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "x"}""", ".template", "has no property in braces")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{x"}""", ".template", "has a { without its }")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{x\\}"}""", ".template", "has a { without its }")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{x}}"}""", ".template", "has a } without its {")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{}"}""", ".template", "has {}, which has an empty name")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{x[*].y}"}""", ".template", "has {x[*].y} with a [*]")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a", "template": "{x}\\"}""", ".template", "ends in a backslash")]
    [InlineData("""{"operation": "template", "on": "all", "property": "a[*]", "template": "{x}"}""", ".property", "ends in [*]")]
    [InlineData("""{"operation": "changePropertyType", "on": "all", "property": "a", "type": "date"}""", ".type", "is none of text, number, boolean")]
    [InlineData("""{"operation": "sendBuiltInProperty", "on": "all", "property": "ip"}""", ".property", "no built-in property")]
    [InlineData("""{"operation": "sendBuiltInProperty", "on": "all", "property": "context.ip"}""", "", "has no \"to\"")]
    [InlineData("""{"operation": "sendConstantProperty", "on": "all", "property": "a"}""", "", "has no \"value\"")]
    [InlineData("""{"operation": "sendConstantProperty", "on": "all", "property": "a", "value": [[[[[[[[[1]]]]]]]]]}""", ".value", "nested")]
    [InlineData("""{"operation": "hashProperty", "on": "all", "property": "a"}""", "", "needs the setting Rules__HashSecret")]
    [InlineData("""{"operation": "hashProperty", "on": "all", "property": "a", "algorithm": "md5"}""", ".algorithm", "is none of hmacSha256, sha256")]
    [InlineData("""{"operation": "dropEvent", "on": "all"}""", "", "has no \"when\"")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {}}""", ".when", "asks for nothing")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"equals": 1}}""", ".when", "no \"property\"")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a"}}""", ".when", "no test")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "equals": []}}""", ".when.equals", "is a list")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "matches": "("}}""", ".when.matches", "no regular expression")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "matches": "(a)\\1"}}""", ".when.matches", "linear time")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "matches": "(?=a)b"}}""", ".when.matches", "linear time")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "matches": "((a{99}){99}){99}"}}""", ".when.matches", "linear time")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"property": "a", "lessThan": "1"}}""", ".when.lessThan", "a number")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"kind": "alias"}}""", ".when.kind", "is none of track, page, screen, identify, group")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"all": []}}""", ".when.all", "is empty")]
    [InlineData("""{"operation": "dropEvent", "on": "all", "when": {"any": [{"source": "tv"}]}}""", ".when.any[0].source", "is none of web, mobile, server")]
    public void A_transformation_is_checked_in_every_part(string transformation, string path, string message) =>
        ShouldHave($$"""{"transformations": [{{transformation}}]}""", $"transformations[0]{path}", message);

    [Theory]
    [InlineData("""{"operation": "renameEvent", "on": ["A"], "to": "x"}, {"operation": "renameEvent", "on": ["B", "A"], "to": "y"}""", "at most once")]
    [InlineData("""{"operation": "renameEvent", "on": ["Order *"], "to": "x"}, {"operation": "renameEvent", "on": ["* Completed"], "to": "y"}""", "at most once")]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "a"}, {"operation": "uppercase", "on": ["A"], "property": "a.b"}""", "is gone after transformations[0]")]
    [InlineData("""{"operation": "renameProperty", "on": "all", "property": "a", "to": "b"}, {"operation": "renameProperty", "on": "users", "property": "a", "to": "c"}""", "is gone after transformations[0]")]
    [InlineData("""{"operation": "sendConstantProperty", "on": ["A"], "property": "a", "value": 1}, {"operation": "sendConstantProperty", "on": "events", "property": "a", "value": 2}""", "only this one would count")]
    public void Transformations_that_conflict_are_refused(string transformations, string message) =>
        ShouldHave($$"""{"transformations": [{{transformations}}]}""", "transformations[1]", message);

    [Theory]
    [InlineData("""{"operation": "renameEvent", "on": ["A"], "to": "x"}, {"operation": "renameEvent", "on": ["B"], "to": "y"}""")]
    [InlineData("""{"operation": "renameEvent", "on": ["A"], "to": "x", "when": {"kind": "track"}}, {"operation": "renameEvent", "on": ["A"], "to": "y"}""")]
    [InlineData("""{"operation": "deleteProperty", "on": ["A"], "property": "a"}, {"operation": "uppercase", "on": "events", "property": "a"}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "a.b"}, {"operation": "deleteProperty", "on": "events", "property": "a"}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "a"}, {"operation": "sendConstantProperty", "on": "events", "property": "a", "value": 1}, {"operation": "uppercase", "on": "events", "property": "a"}""")]
    [InlineData("""{"operation": "renameProperty", "on": "events", "property": "a", "to": "a.b"}, {"operation": "uppercase", "on": "events", "property": "a.b"}""")]
    [InlineData("""{"operation": "sendConstantProperty", "on": "events", "property": "a", "value": 1}, {"operation": "sendConstantProperty", "on": ["A"], "property": "a", "value": 2}""")]
    public void Transformations_that_only_look_alike_are_good(string transformations) => RuleTexts.Valid($$"""{"transformations": [{{transformations}}]}""");

    [Theory]
    [InlineData("""{"events": {"enabled": ["B*"]}, "transformations": [{"operation": "deleteProperty", "on": ["Bought", "Sold"], "property": "a"}]}""", "transformations[0].on[1]", "\"Sold\" is not sent because of events.enabled")]
    [InlineData("""{"pages": false, "transformations": [{"operation": "stripQuery", "on": ["$page"]}]}""", "transformations[0].on[0]", "\"pages\": false")]
    public void A_transformation_of_events_that_are_not_sent_is_refused(string text, string path, string message) => ShouldHave(text, path, message);

    [Theory]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": "conditions/*"}}""", ".when.page", "\"conditions/*\" never matches: the path of a page begins with /, as in \"/conditions/*\"")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": ["/a", "https://clinic.example.com/results/*"]}}""", ".when.page[1]", "\"https://clinic.example.com/results/*\" never matches: it is compared with the path of a page, as in \"/results/*\"")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": "/search?q=*"}}""", ".when.page", "\"/search?q=*\" never matches: the path of a page ends before ? and #")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": "/#/results"}}""", ".when.page", "\"/#/results\" never matches")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"not": {"page": "conditions/*"}}}""", ".when.not.page", "never matches")]
    [InlineData("""{"operation": "stripQuery", "on": ["$pages"]}""", ".on[0]", "\"$pages\" is no event; did you mean \"$page\"?")]
    [InlineData("""{"operation": "stripQuery", "on": ["Signed Up", "$viewed*"]}""", ".on[1]", "\"$viewed*\" is no event; with a $ there are only \"$page\" and \"$screen\"")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "in": []}}""", ".when.in", "is empty")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": []}}""", ".when.page", "is empty")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"kind": []}}""", ".when.kind", "is empty")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"source": []}}""", ".when.source", "is empty")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "exists": false, "equals": 1}}""", ".when", "asks for a value of \"a\" and that there is none")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "greaterThan": 5, "lessThan": 5}}""", ".when", "asks for a number that is more than 5 and less than 5")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "atLeast": 6, "atMost": 5}}""", ".when", "asks for a number that is at least 6 and at most 5")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"kind": "identify"}}""", ".when", "never holds for what \"on\" names")]
    [InlineData("""{"operation": "dropEvent", "on": ["Signed Up"], "when": {"kind": ["page", "screen"]}}""", ".when", "never holds for what \"on\" names")]
    [InlineData("""{"operation": "deleteProperty", "on": "users", "property": "a", "when": {"all": [{"kind": "track"}, {"property": "a", "exists": true}]}}""", ".when", "never holds for what \"on\" names")]
    [InlineData("""{"operation": "dropEvent", "on": ["$page"], "when": {"not": {"any": [{"kind": "page"}, {"property": "a", "equals": 1}]}}}""", ".when", "never holds for what \"on\" names")]
    public void A_transformation_that_never_applies_is_refused(string transformation, string path, string message) =>
        ShouldHave($$"""{"transformations": [{{transformation}}]}""", $"transformations[0]{path}", message);

    [Theory]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"page": ["/a", "*/results", "*"]}}""")]
    [InlineData("""{"operation": "stripQuery", "on": ["$page", "$screen", "$*", "$p*"]}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "users", "property": "email", "when": {"kind": "track"}}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a", "when": {"kind": "identify"}}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "users", "property": "a", "when": {"not": {"kind": "track"}}}""")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "atLeast": 5, "atMost": 5}}""")]
    [InlineData("""{"operation": "dropEvent", "on": "events", "when": {"property": "a", "exists": true, "equals": 1}}""")]
    public void A_transformation_that_may_apply_is_good(string transformation) => RuleTexts.Valid($$"""{"transformations": [{{transformation}}]}""");

    [Theory]
    [InlineData("""{"events": {"enabled": ["Appointment *"]}, "transformations": [{"operation": "deleteProperty", "on": ["Appointmnt *"], "property": "a"}]}""", "transformations[0].on[0]", "\"Appointmnt *\" is not sent because of events.enabled")]
    [InlineData("""{"sources": {"mobile": false}, "transformations": [{"operation": "dropEvent", "on": "events", "when": {"source": "mobile"}}]}""", "transformations[0].when", "never holds for what \"on\" names")]
    [InlineData("""{"pages": false, "transformations": [{"operation": "dropEvent", "on": "events", "when": {"kind": "page"}}]}""", "transformations[0].when", "never holds for what \"on\" names")]
    [InlineData("""{"events": {"enabled": ["$page"]}}""", "events.enabled[0]", "\"$page\" is no track: page views are switched by \"pages\"")]
    [InlineData("""{"events": {"enabled": ["$screen"]}}""", "events.enabled[0]", "\"$screen\" is no track: screen views are switched by \"screens\"")]
    [InlineData("""{"events": {"enabled": ["a", "$*"]}}""", "events.enabled[1]", "\"$*\" is no track")]
    [InlineData("""{"events": {"disabled": ["$page"]}}""", "events.disabled[0]", "\"$page\" is no track: page views are switched by \"pages\"")]
    [InlineData("""{"events": {"enabled": ["Order Failed"], "disabled": ["Order *"]}}""", "events.enabled[0]", "\"Order Failed\" is in events.disabled too, so it is never sent")]
    [InlineData("""{"events": {"disabled": ["Order *"]}, "transformations": [{"operation": "deleteProperty", "on": ["Order Failed"], "property": "a"}]}""", "transformations[0].on[0]", "\"Order Failed\" is not sent because of events.disabled")]
    public void A_name_that_can_match_nothing_sent_is_refused(string text, string path, string message) => ShouldHave(text, path, message);

    [Fact]
    public void Every_problem_is_told_at_once() =>
        RuleTexts.Problems("""{"pages": 1, "x": 2, "transformations": [{"operation": "uppercase", "on": 3, "property": 4}]}""").Select(problem => problem.Where)
            .ShouldBe(["x", "transformations[0].on", "transformations[0].property", "pages"]);

    [Fact]
    public void Comments_and_trailing_commas_are_fine() =>
        RuleTexts.Valid(
            """
            // what we send
            { "pages": false, /* no page views */ "events": { "enabled": ["a", ], }, }
            """).Pages.ShouldBeFalse();

    [Fact]
    public void More_transformations_than_a_thousand_are_refused() =>
        ShouldHave($$"""{"transformations": [{{string.Join(',', Enumerable.Repeat("""{"operation": "uppercase", "on": ["A"], "property": "a"}""", 1_001))}}]}""", "transformations", "at most 1000");

    [Fact]
    public void More_transformations_than_a_thousand_are_not_compared_with_each_other() =>
        ShouldHave(
            $$"""{"transformations": [{{string.Join(',', Enumerable.Repeat("""{"operation": "renameEvent", "on": ["A"], "to": "b"}""", 1_001))}}]}""",
            "transformations",
            "at most 1000");

    [Fact]
    public void A_pair_of_surrogates_is_a_character() =>
        RuleTexts.Valid("{\"events\": {\"enabled\": [\"\\ud83d\\ude00\"]}}").Pages.ShouldBeTrue();

    [Fact]
    public void The_secret_of_hashes_is_a_setting() =>
        RuleTexts.Valid("""{"transformations": [{"operation": "hashProperty", "on": "all", "property": "a"}]}""", new Secret("secret")).TransformationCount.ShouldBe(1);

    private static void ShouldHave(string text, string path, string message)
    {
        Problem problem = RuleTexts.Problems(text).ShouldHaveSingleItem();
        problem.Where.ShouldBe(path);
        problem.Message.ShouldContain(message, Case.Sensitive);
    }
}
