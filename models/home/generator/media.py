"""Music and television: play, pause, skip, volume, mute."""

from . import words as w
from .grammar import rule
from .names import area, bare_area, in_area, invented_word, named, owner
from .numbers import percent, step_percent

PLAYERS = """tv,television,speaker,radio,stereo,soundbar,sonos,record player,kitchen speaker,bedroom tv,apple tv,chromecast,roku,
echo,homepod,receiver,bluetooth speaker,turntable,cd player,jukebox,projector,media center,smart speaker,boombox,car stereo,
rear entertainment,headphones,kodi,plex,fire tv,shield,smart display,laptop,tablet,gramophone,car radio""".replace("\n", "").split(",")

# Titles with the very words that usually begin "on the tv" or "in the kitchen".
_TITLES = """smoke on the water,dancing in the dark,singing in the rain,ring of fire,bridge over troubled water,light my fire,music,the radio,
under the bridge,another brick in the wall,the girl on the train,knocking on heaven's door,turn the page,open your eyes,lights,
the sound of silence,a night at the opera,stop in the name of love,the cat in the hat,rolling in the deep,timer blues,the office,
my favorite songs,songs from the nineties,relaxing music,the latest episode of the archers,anything by brahms,the top forty,music for cooking,
piano music for the baby,an audiobook,bird sounds,the soundtrack of titanic,something cheerful,house music,folk songs,game of thrones""".replace("\n", "").split(",")


def _player(rng):
    """Where: a named player, a room, or both; as "on the tv", "in the kitchen"."""
    roll = rng.random()
    name_words, name_slots = named(PLAYERS)(rng)
    if roll < 0.5:
        return f"on {name_words}", name_slots
    if roll < 0.92:
        return in_area(rng)
    words, place = in_area(rng)
    return f"on {name_words} {words}", {**name_slots, **place}


def _query(rng):
    roll = rng.random()
    if roll < 0.12:
        query = rng.choice(_TITLES)
    elif roll < 0.55:
        query = rng.choice(w.MUSIC)
    elif roll < 0.68:
        query = f"{rng.choice(('songs', 'music', 'something', 'albums', 'hits', 'tracks'))} by {rng.choice(w.PEOPLE)} {invented_word(rng)}"
    elif roll < 0.8:
        query = f"{invented_word(rng)} {invented_word(rng)}"
    elif roll < 0.9:
        query = f"{rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)} by {rng.choice((rng.choice(w.NOUNS), invented_word(rng)))}"
    else:
        query = f"{owner(rng)} {rng.choice(('playlist', 'mix', 'favorites', 'podcast', 'album'))}"
    if query.startswith(("some ", "a ")):
        query = query.split(" ", 1)[1]
    # "some", "the song" and the like belong to the request, not to what is searched for.
    lead = rng.choice(("",) * 7 + ("some ", "a little ", "the song ", "the album ", "me some ", "a bit of ", "the playlist ", "the movie ", "the track "))
    return lead + query, {"search_query": query}


FILLERS = {
    "player": named(PLAYERS), "where": _player, "area": area, "bare_area": bare_area, "in_area": in_area, "query": _query,
    "level": percent("volume_level"), "louder_by": step_percent("volume_step", 1), "quieter_by": step_percent("volume_step", -1),
}

RULES = [
    rule("HassMediaPause", """
        pause [the (music|song|movie|playback|video|show|track|podcast)]
        (pause|stop|hold) the (music|song|movie|playback|audio|film|show|podcast)
        (pause|stop) (it|this|playing|playback)
        (hold on|wait) pause (it|that|the movie)
        stop playing
        (press|hit) pause
        cut the music
        silence the music for a moment
        put the (music|movie|film) on pause
        (no more|enough) music
        freeze the (movie|picture|video)
        (turn|switch|shut) off the music
        (turn|switch) the music off
        music off
        pause (for a (second|sec|moment|minute)|it for a bit|the (movie|show|song) for a (sec|minute))
    """, 0.9),
    rule("HassMediaPause", """
        pause {player}
        (pause|stop|hold) [the] (music|playback|song|movie|video) {where}
        put {player} on (pause|hold)
        stop playing {where}
        stop the {bare_area} music
        pause what's (playing|on) {where}
        (hit|press) pause {where}
        pause {where}
        (turn|switch|shut) off the music {where}
        (turn|switch) the music off {where}
        music off {where}
        (stop|pause) the (movie|show) (playing|running) {where}
    """, 1.2),
    rule("HassMediaUnpause", """
        (resume|unpause|continue)
        (resume|unpause|continue) [the] (music|song|movie|playback|video|show|track|podcast)
        (continue|resume|keep|go on) playing
        (play|keep going|carry on) [with the (music|movie|show)]
        start (playing|the music) again
        (press|hit) play
        (music|movie) back on
        play it again from where we stopped
        pick up where (we|i) left off
        let the (music|movie) continue
    """, 0.9),
    rule("HassMediaUnpause", """
        (resume|unpause|continue) {player}
        (resume|unpause|continue) [the] (music|playback|song|movie|video) {where}
        (continue|resume|keep) playing {where}
        (hit|press) play {where}
        start {player} playing again
        resume {where}
        get the music going again {where}
        continue what was (playing|on) {where}
    """, 1.1),
    rule("HassMediaNext", """
        next [song|track|one|episode|chapter]
        (skip|skip this|skip it|skip ahead)
        skip [this|the|that] (song|track|episode|chapter|one)
        (go|jump|move|advance) to the next (song|track|episode|one)
        play the next (song|track|episode|one)
        (i don't like|i hate|not) this (song|one|track)
        (another|a different) (song|track|one) please
        fast forward to the next (song|track)
        skip forward
        i'm (bored|tired) of this song
        what's next? play it
    """, 0.9),
    rule("HassMediaNext", """
        next [song|track|one|episode|channel] {where}
        skip [this|the] (song|track|episode|one) {where}
        (go|jump|move) to the next (song|track|episode) {where}
        skip to the next (song|track) {where}
        {player} next (song|track)
        skip {where}
        make {player} skip to the next (one|track)
    """, 1.0),
    rule("HassMediaPrevious", """
        (previous|last) (song|track|one|episode|chapter)
        (go|jump|skip|move) back [to the (previous|last) (song|track|one|episode)]
        (play|replay|repeat) the (previous|last) (song|track|one|episode)
        (play that|play that last one) again
        back (one|a) (song|track)
        [go] (back|back one)
        what was that song? go back to it
        start the (song|track) over
        rewind to the (previous|last) (song|track)
        the one before [this] please
        previous
    """, 0.9),
    rule("HassMediaPrevious", """
        (previous|last) (song|track|one|episode|channel) {where}
        (go|jump|skip) back to the (previous|last) (song|track|episode) {where}
        (play|replay) the (previous|last) (song|track) {where}
        (go|skip) back (one|a) (song|track) {where}
        {player} previous (song|track)
        back one track {where}
        previous {where}
    """, 1.0),
    rule("HassSetVolume", """
        (set|turn|change|put|adjust) the volume to {level}
        volume [to|at] {level}
        (turn|set) it (up|down) to {level}
        (raise|lower|increase|reduce) the volume to {level}
        {level} volume
        (music|sound) at {level} [please]
        play (it|this) at {level} volume
        (would you mind|how about) (setting|putting) the volume at {level}
        make the volume {level}
        set the sound level to {level}
    """, 1.0),
    rule("HassSetVolume", """
        (set|turn|change|put|adjust) the volume {where} to {level}
        (set|change|put) {player} volume to {level}
        (set|change|adjust) the volume (of|on|for) {player} to {level}
        (turn|set|put) {player} (up to|down to|to) {level} volume
        {player} volume [to|at] {level}
        volume {level} {where}
        (raise|lower) the volume {where} to {level}
        {bare_area} volume [to] {level}
        the volume {where} should be {level}
        (set|put) the (music|sound) {where} to {level} volume
    """, 1.4),
    rule("HassSetVolumeRelative", """
        (turn|crank|pump) (it|the volume|the music|the sound|this) up [a bit|a little|a notch|some]
        (turn up|raise|increase|crank up|pump up) the (volume|music|sound) [a bit|a little]
        volume up
        louder [please]
        (make it|play it|a bit|a little) louder
        (i can't hear (it|this|anything|the movie)|it's too quiet|the music is too quiet)
        more volume
        speak up
    """, 0.8, volume_step="up"),
    rule("HassSetVolumeRelative", """
        (turn|take|bring) (it|the volume|the music|the sound|this) down [a bit|a little|a notch|some]
        (turn down|lower|decrease|reduce) the (volume|music|sound) [a bit|a little]
        volume down
        (quieter|softer|not so loud) [please]
        (make it|play it|a bit|a little) (quieter|softer)
        (it's|this is|the music is|that's) (too|way too) loud
        less volume
        keep it down
    """, 0.8, volume_step="down"),
    rule("HassSetVolumeRelative", """
        (turn up|raise|increase|crank up) the (volume|music|sound) {where} [a bit|a little]
        (turn up|crank up) {player} [a bit|a little]
        turn {player} up [a bit|a little|a notch]
        {player} (louder|volume up)
        make {player} (louder|a bit louder)
        volume up {where}
        (the music|it) {where} is too quiet
        {player} is too quiet
        louder {where}
    """, 0.9, volume_step="up"),
    rule("HassSetVolumeRelative", """
        (turn down|lower|decrease|reduce) the (volume|music|sound) {where} [a bit|a little]
        (turn down|quiet down) {player} [a bit|a little]
        turn {player} down [a bit|a little|a notch]
        {player} (quieter|volume down)
        make {player} (quieter|a bit quieter|softer)
        volume down {where}
        the music {where} is too loud
        {player} is too loud
        quieter {where}
    """, 0.9, volume_step="down"),
    rule("HassSetVolumeRelative", """
        (turn up|raise|increase) the volume by {louder_by}
        (turn|crank) (it|the volume|the music) up by {louder_by}
        (raise|increase) the volume {where} by {louder_by}
        turn {player} up by {louder_by}
        volume up [by] {louder_by}
        {louder_by} louder
        add {louder_by} to the volume
    """, 0.6),
    rule("HassSetVolumeRelative", """
        (turn down|lower|reduce|decrease) the volume by {quieter_by}
        turn (it|the volume|the music) down by {quieter_by}
        (lower|reduce) the volume {where} by {quieter_by}
        turn {player} down by {quieter_by}
        volume down [by] {quieter_by}
        {quieter_by} quieter
        take {quieter_by} off the volume
    """, 0.6),
    rule("HassMediaPlayerMute", """
        mute [it|that|this|the (sound|music|audio|volume)]
        (silence|be quiet|quiet) [please]
        (turn|switch) off the (sound|audio)
        (sound|audio) off
        no sound
        (cut|kill) the (sound|audio)
        go (silent|mute)
        shut up
    """, 0.7),
    rule("HassMediaPlayerMute", """
        (mute|silence|hush) {player}
        mute the (sound|volume|music) {where}
        put {player} on mute
        (turn|switch) off the sound {where}
        {player} (mute|muted|on mute)
        (cut|kill) the (sound|audio) {where}
        mute {area}
        take the sound off {player}
    """, 1.0),
    rule("HassMediaPlayerUnmute", """
        unmute [it|that|this|the (sound|music|audio|volume)]
        (turn|switch) the (sound|audio) (back on|on again)
        (sound|audio) (back on|on)
        (bring|put) the sound back
        i want to hear (it|this) again
        stop muting
        end mute
    """, 0.7),
    rule("HassMediaPlayerUnmute", """
        unmute {player}
        unmute the (sound|volume|music) {where}
        take {player} off mute
        (turn|switch) the sound (back on|on again) {where}
        {player} unmute
        (bring|put) back the sound {where}
        unmute {area}
        give {player} its sound back
    """, 1.0),
    rule("HassMediaSearchAndPlay", """
        play {query}
        (put on|stream|start playing|throw on|spin|queue up) {query}
        (i want|i'd like|i wanna) to (hear|listen to|watch) {query}
        (listen to|find and play|search for and play) {query}
        (let's|let us) (hear|listen to|watch) {query}
        (can i hear|how about|i'm in the mood for) {query}
        look up {query} and play it
        (would you mind|how about) playing {query}
    """, 2.0),
    rule("HassMediaSearchAndPlay", """
        play {query} {where}
        (put on|stream|start playing|throw on) {query} {where}
        (i want|i'd like) to (hear|listen to|watch) {query} {where}
        (find and play|search for) {query} {where}
        (let's|let us) (hear|listen to|watch) {query} {where}
        use {player} to play {query}
        {where} play {query}
    """, 1.8),
]
