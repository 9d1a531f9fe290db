using System.Collections.Frozen;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Composes letters and the accents that follow them into one character (Unicode's NFC) for the Latin, Greek, Cyrillic, Hebrew and Arabic scripts, kana and Hangul. The
/// framework's own normalisation does nothing where globalization is invariant, as in this product.
/// </summary>
internal static class Composition
{
    // For each accent: a letter and the character it makes with it, in turn.
    private static readonly (char Accent, string Pairs)[] Table =
    [
        ('\u0300', "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ"),
        ('\u0301', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞"),
        ('\u0302', "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"),
        ('\u0303', "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"),
        ('\u0308', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"),
        ('\u030A', "AÅaåUŮuůwẘyẙ"),
        ('\u0327', "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"),
        ('\u0304', "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ"),
        ('\u0306', "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ"),
        ('\u0328', "AĄaąEĘeęIĮiįUŲuųOǪoǫ"),
        ('\u0307', "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ"),
        ('\u030C', "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ"),
        ('\u030B', "OŐoőUŰuűУӲуӳ"),
        ('\u031B', "OƠoơUƯuư"),
        ('\u030F', "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ"),
        ('\u0311', "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ"),
        ('\u0326', "SȘsșTȚtț"),
        ('\u0653', "اآ"),
        ('\u0654', "اأوؤيئەۀہۂےۓ"),
        ('\u0655', "اإ"),
        ('\u0325', "AḀaḁ"),
        ('\u0323', "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"),
        ('\u0331', "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"),
        ('\u032D', "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ"),
        ('\u0330', "EḚeḛIḬiḭUṴuṵ"),
        ('\u032E', "HḪhḫ"),
        ('\u0324', "UṲuṳ"),
        ('\u0309', "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"),
        ('\u0313', "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ"),
        ('\u0314', "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ"),
        ('\u0342', "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ"),
        ('\u3099', "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ"),
        ('\u309A', "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"),
        ('\u0345', "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ"),
    ];

    private static readonly FrozenDictionary<(char Letter, char Accent), char> Composed = Table
        .SelectMany(row => row.Pairs.Chunk(2).Select(pair => KeyValuePair.Create((pair[0], row.Accent), pair[1])))
        .ToFrozenDictionary();

    // Hangul is composed by arithmetic (Unicode 3.12): a syllable for each leading consonant, vowel and, at most, trailing consonant.
    private const int Leading = 0x1100;
    private const int Leadings = 19;
    private const int Vowel = 0x1161;
    private const int Vowels = 21;
    private const int Trailing = 0x11A7;
    private const int Trailings = 28;
    private const int Syllable = 0xAC00;

    /// <summary>The text with each letter and its accents as one character, where there is one.</summary>
    public static string Compose(string text)
    {
        StringBuilder composed = new(text.Length);
        foreach (char c in text)
        {
            if (composed.Length > 0 && (Composed.TryGetValue((composed[^1], c), out char one) || TrySyllable(composed[^1], c, out one)))
            {
                composed[^1] = one;
            }
            else
            {
                composed.Append(c);
            }
        }

        return composed.ToString();
    }

    private static bool TrySyllable(char before, char c, out char syllable)
    {
        bool begins = before - Leading is >= 0 and < Leadings && c - Vowel is >= 0 and < Vowels;
        bool ends = before - Syllable is >= 0 and < Leadings * Vowels * Trailings && (before - Syllable) % Trailings == 0 && c - Trailing is > 0 and < Trailings;
        syllable = begins ? (char)(Syllable + ((((before - Leading) * Vowels) + (c - Vowel)) * Trailings))
            : ends ? (char)(before + (c - Trailing))
            : default;
        return begins || ends;
    }
}

/// <summary>Shortens names to a number of bytes without breaking a character or an escape.</summary>
internal static class NameCut
{
    /// <summary>How many bytes of the text fit into <paramref name="limit"/> without cutting inside a character.</summary>
    public static int OnCharacter(ReadOnlySpan<byte> text, int limit)
    {
        if (text.Length <= limit)
        {
            return text.Length;
        }

        int length = limit;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }

    /// <summary>
    /// A URL that fits: over the limit the query is dropped, still over the fragment too, still over it is cut, never inside a character or a <c>%XX</c>. A query may hold health data, so it is the first to go.
    /// </summary>
    /// <param name="url">The URL.</param>
    /// <param name="limit">The most bytes.</param>
    public static byte[] Url(ReadOnlySpan<byte> url, int limit)
    {
        int hash = url.IndexOf((byte)'#');
        ReadOnlySpan<byte> fragment = hash < 0 ? default : url[hash..];
        ReadOnlySpan<byte> rest = hash < 0 ? url : url[..hash];
        int question = rest.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? rest : rest[..question];
        if (path.Length + fragment.Length <= limit)
        {
            return [.. path, .. fragment];
        }

        int length = OnCharacter(path, limit);
        return path[..OutsideEscape(path, length)].ToArray();
    }

    private static int OutsideEscape(ReadOnlySpan<byte> text, int length)
    {
        if (length == text.Length)
        {
            return length;
        }

        int percent = text[..length].LastIndexOf((byte)'%');
        return percent >= 0 && percent > length - 3 && IsEscape(text[percent..]) ? percent : length;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
}
