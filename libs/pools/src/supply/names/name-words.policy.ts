/** Of at most seven letters, so that two of them and a hyphen are at most fifteen characters. */
export const adjectives: readonly string[] = words(`
  able aged agile airy alert ample aqua arctic ardent astute autumn avid awake azure balmy beige benign big blithe
  blue bold bonny bouncy brainy brave breezy brief bright brisk broad bronze bubbly burly busy calm candid canny
  careful cheery chief chilly choice civic civil classic clean clear clever cloudy coastal cool copper coral
  cordial cosmic cosy cozy craft crisp cubic curious curly dapper daring dashing decent deep deft dense devout
  dewy direct distant docile downy dreamy dry dusky dusty eager early earnest earthy east easy ebony elastic
  elegant elfin elite epic equal even exact expert extra fabled fair famous fancy fast feline festive fiery fine
  firm first fit fleet flint floral fluent fluffy flying fond formal free fresh frosty frugal full funny furry
  fuzzy gallant game genial gentle genuine gifted glad glassy gleeful global glossy golden good grand grassy gray
  great green grey gritty groovy gusty hale handy happy hardy hazel hazy hearty hefty helpful heroic hidden high
  hollow honest hopeful huge humble humid icy ideal indigo inland inner intact ivory jade jaunty jazzy jolly
  jovial joyful keen khaki kind kingly large lasting lavish leafy lean level light likable lilac limber linear
  liquid little lively local lofty logical long lovely loyal lucid lucky lunar lush lyric magenta magic main major
  mature mauve mellow merry mighty mild minty misty mobile modern modest moral mossy muted mystic native natural
  navy neat neutral new nice nifty nimble noble nordic normal north notable novel oaken ochre olive open optimal
  orange orderly outer oval pacific pale paper pastel patient peach pearly perfect perky pert pink placid plain
  pleased plucky plum plush polar polite popular precise premium pretty prime prompt proper proud pure purple
  quaint quick quiet rapid rare ready red refined regal relaxed rich right ripe rising robust rosy round royal
  ruby rugged rural russet rustic sable safe sage sandy sane scarlet scenic secure seemly select serene shady
  sharp shining shiny short silent silken silky silver simple sincere sleek slender slim small smart smooth snappy
  snowy snug social soft solar solid sonic sound south spare speedy spicy spiral spotted spry square stable stark
  starry stately steady steep stellar still stoic stout strong sturdy suave subtle sunny super supple sure swift
  tall tame tangy tart tasty tawny teal tender tidal tidy timely tiny topaz total tough trim true trusty twin
  twofold ultra umber unified unique upbeat upper urban useful valiant valid vast velvet verbal vernal vibrant
  violet vital vivid vocal warm wavy wealthy west whole wide wild windy wintry wise witty wooden woolly worldly
  worthy yellow young zany zealous zesty zippy
`);

export const nouns: readonly string[] = words(`
  acorn agate alder almond aloe alpaca amber anchor anemone angler antler apple apricot apron arbor arch argon
  arrow ash aspen aster atlas atoll atom attic auk aurora avocet axle badger bagel bamboo banjo banyan barge
  barley barn basalt basil basin basket bay bayou beach beacon beagle beam bear beaver beech beetle bell birch
  bison blossom bluff boat bobcat bonsai boulder bower branch bream breeze brick bridge bronco brook broom buffalo
  bugle burrow bush butte cabin cactus camel canal canary candle canoe canopy canyon cape carbon caribou carp
  carrot cashew castle cave cavern cedar cello cheetah cherry chicory chime cider cinder citron citrus clam clay
  cliff cloud clove clover coast cobalt cobra cocoa comet condor coot coral cosmos cottage cotton cougar cove
  coyote crab crag crane crater cricket crocus crow crystal cuckoo curlew current cypress dahlia daisy dale deer
  delta desert dingo dog dolphin dome donkey dove dragon drum duck dune eagle earth echo eel egret eider eland elk
  elm ember emu engine ermine estuary falcon fawn fern ferret fiddle field fig finch fir firefly fjord flame flax
  flint flora flower flute foal fog ford forest forge fossil fox freesia frog frost galaxy galleon gannet garden
  garlic garnet gate gazelle gecko geyser gibbon ginger giraffe glacier glade glen globe goat goose gopher gorge
  granite grape grotto grouse grove guitar gull guppy gust hamlet hamster harbor hare harp harvest hawk hazel
  heath heather hedge heron hickory hill hippo hive holly honey horizon hornet horse hyena ibex ibis iguana impala
  inlet iris iron island ivy jackal jaguar jasmine jasper jay jetty juniper kayak kestrel kettle kite kiwi koala
  lagoon lake lamp lantern larch lark laurel lava lawn leaf ledge lemming lemon lemur leopard lichen lily lime
  limpet linden linnet lion lizard llama lobster locust lotus lupin lute lynx lyre macaw magnet magpie mallard
  mammoth manatee mango maple marble mare marlin marmot marsh marten meadow melon merlin mesa meteor mill mimosa
  minnow mint mist mole monsoon moon moor moose morning moss moth mule muskrat mussel myrtle narwhal nectar nest
  nettle newt nickel nova nut nutmeg oak oasis oat ocean ocelot octopus olive onion onyx opal orbit orchard orchid
  oriole osprey ostrich otter owl oyster paddle palm panda panther papaya parrot parsley path pear pearl pebble
  pecan pelican penguin pepper perch petal petrel pier pigeon pike pine planet plateau plover plum polecat pollen
  pond pony poplar poppy porch prairie prawn puffin puma python quail quarry quartz quince quokka rabbit raccoon
  radish rain rainbow ram raven ravine reed reef ridge river robin rock rocket rook rose rowan rye saffron sage
  sail salmon sand sardine savanna sea seal sequoia shadow shark sheep shell shore shrew shrimp shrub silo sky
  sloth snail snipe snow sparrow spider spinach spring spruce squid stag star stoat stone stork storm stream
  summit sun swallow swan swift tapir teal tern thicket thistle thrush thunder thyme tide tiger timber toad topaz
  torrent toucan tower trail trout tulip tundra turbot turtle twig valley valve vine viola violin viper volcano
  vole vulture walnut walrus warbler water wave weasel whale wheat willow wind wolf wombat wren yak yarrow yew
  zebra zephyr zinc zinnia
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
