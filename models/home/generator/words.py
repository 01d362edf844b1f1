"""Words the sentences are made of. Only a start: names.py composes and invents many more."""


def _split(text: str) -> list:
    return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]


AREAS = _split("""
kitchen, living room, bedroom, bathroom, hallway, hall, office, study, garage, basement, cellar, attic, loft, dining room,
guest room, guest bedroom, master bedroom, main bedroom, kids room, children's room, kid's room, nursery, playroom, den,
laundry room, utility room, pantry, conservatory, sunroom, library, gym, home gym, home office, workshop, shed, garden,
backyard, back yard, front yard, yard, patio, terrace, balcony, porch, front porch, deck, driveway, pool, pool house, sauna,
entryway, entrance, foyer, corridor, stairwell, landing, lounge, family room, media room, game room, music room, craft room,
closet, walk-in closet, wardrobe, storage room, boiler room, server room, mudroom, toilet, ensuite, powder room, wc, restroom,
spare room, spare bedroom, back room, front room, sitting room, tv room, cinema, home theater, bar, wine cellar, greenhouse,
barn, stable, carport, courtyard, kitchenette, breakfast nook, reading nook, studio, darkroom, lab, meeting room,
conference room, reception, lobby, break room, canteen, warehouse, factory floor, loading dock, cold store, packing hall,
paint shop, machine room, control room, cabin, cockpit, galley, bunk room, camper, caravan, trailer, boathouse, treehouse,
granny flat, annex, veranda, orangery, scullery, parlour, drawing room, dressing room, changing room, shower room
""")
FLOORS = _split("""
upstairs, downstairs, first floor, second floor, third floor, ground floor, top floor, upper floor, lower floor, main floor,
bottom floor, fourth floor, upper level, lower level, ground level, fifth floor, mezzanine
""")
PEOPLE = _split("""
tom, anna, lucas, emma, grandma, grandpa, mom, mum, dad, lily, oscar, maya, noah, sofia, ben, julia, max, leo, mia, kim,
priya, ahmed, chen, olga, sven, ingrid, pedro, lucia, yuki, fatima, jack, harry, ella, zoe, nina, paul, marie, hugo, alice,
bob, carol, dave, erin, frank, grace, henry, isla, jonas, kate, liam, nora, owen, peter, quinn, ruth, sam, tara, uma, vera,
will, aunt rosa, uncle joe, the baby, the kids, the twins, the cat, the dog, my sister, my brother, the boss, the guests
""")
LIGHT_NOUNS = _split("""
light, lamp, light, lamp, bulb, spotlight, lantern, chandelier, sconce, night light, nightlight, floor lamp, table lamp,
desk lamp, reading lamp, bedside lamp, pendant, pendant light, ceiling light, wall light, strip light, led strip, light strip,
fairy lights, string lights, christmas lights, floodlight, uplighter, downlights, spotlights, lava lamp, reading light,
overhead light, under cabinet lights, track lights, led panel, neon sign, candle light, salt lamp, standing lamp, ring light
""")
SWITCH_NOUNS = _split("""
switch, plug, socket, outlet, smart plug, power strip, heater, space heater, radiator, boiler, kettle, coffee machine,
coffee maker, espresso machine, toaster, oven, dishwasher, washing machine, washer, dryer, tumble dryer, fridge, freezer,
microwave, air purifier, dehumidifier, humidifier, diffuser, air conditioner, ac, aircon, heat pump, water heater,
towel rail, electric blanket, sprinkler, irrigation, pool pump, fountain, pump, doorbell, camera, security camera, alarm,
siren, router, printer, computer, pc, monitor, screen, projector, heating, central heating, air con, tv, television, radio, stereo, speaker, soundbar, amplifier,
receiver, game console, xbox, playstation, subwoofer, charger, car charger, wallbox, fireplace, extractor, extractor fan,
cooker hood, range hood, fan, ceiling fan, desk fan, ventilation, exhaust fan, motion detection, guest mode, away mode,
vacation mode, night mode, movie mode, party mode, eco mode, sleep mode, aquarium pump, aquarium, terrarium heater, iron,
slow cooker, rice cooker, air fryer, bread maker, mixer, blender, hot tub, jacuzzi, jukebox, turntable, robot, 3d printer,
nas, server, access point, wifi, baby monitor, feeder, cat feeder, pet fountain, bug zapper, ice maker, wine cooler, hob
""")
VEHICLE_NOUNS = _split("""
engine, headlights, fog lights, hazard lights, hazards, high beams, wipers, windshield wipers, seat heater, seat heating,
heated seat, heated steering wheel, steering wheel heater, cabin light, dome light, interior lights, air conditioning,
climate control, horn, radio, navigation screen, cruise control, lane assist, parking sensors, rear camera, backup camera,
seat massage, ventilated seat, defroster, rear defroster, windshield defroster, tow mode, sport mode, valet mode, sentry mode,
dash cam, parking brake, auto hold, ambient lighting, reading lights, air recirculation, recirculation, charging, map light
""")
MACHINE_NOUNS = _split("""
pump, valve, conveyor, conveyor belt, compressor, mixer, agitator, motor, spindle, chiller, furnace, kiln, press, drill,
lathe, milling machine, robot arm, crane, hoist, lift, elevator, exhaust, blower, dust collector, coolant, coolant pump,
feeder, hopper, sorter, labeler, packaging line, production line, line, oven, welder, laser, laser cutter, cnc router, grinder,
generator, turbine, sprayer, fan, heater, burner, boiler, centrifuge, shredder, palletizer, wrapper, scanner, beacon,
warning light, stack light, indexing table, turntable, vacuum pump, hydraulic pump, air dryer, forklift charger, cutter
""")
ADJECTIVES = _split("""
big, small, little, old, new, red, green, blue, white, black, yellow, left, right, front, back, rear, outer, inner, upper,
lower, outdoor, indoor, outside, inside, main, spare, second, first, wooden, round, tall, tiny, electric, portable, smart,
antique, fancy, ugly, broken, corner, side, central, emergency, auxiliary, backup, east, west, north, south, paper, glass,
brass, copper, golden, silver, purple, pink, orange, square, long, short, warm, noisy, quiet, vintage, crooked, hidden
""")
NOUNS = _split("""
sofa, couch, bed, desk, table, window, door, stairs, mirror, piano, bookshelf, shelf, sink, stove, counter, fireplace, crib,
cabinet, wardrobe, armchair, bench, gate, fence, tree, pond, aquarium, fish tank, plant, painting, tv, workbench, bath,
shower, island, bar, steps, chimney, rug, chair, dresser, nightstand, easel, sewing machine, hob, bin, cot, coat rack, ladder,
puppet, dragon, rocket, owl, penguin, dinosaur, unicorn, moon, star, cactus, mushroom, globe, robot, pirate, tiger, snail,
bamboo, lavender, cherry, maple, ocean, river, mountain, sunset, storm, thunder, velvet, marble, crystal, pebble, feather,
bonsai, orchid, tomato, chili, basil, chicken, rabbit, hamster, parrot, turtle, hedgehog, bee, goat, pony, guitar, violin,
drum, organ, trumpet, bicycle, scooter, tractor, trailer, boat, canoe, kayak, tent, hammock, swing, sandbox, trampoline,
telescope, microscope, loom, pottery wheel, anvil, barrel, crate, basket, bucket, barbecue, grill, smoker, pizza oven, cellar
""")
PLACE_PREPOSITIONS = _split("""
over, by, next to, near, behind, under, above, beside, on, at, in front of, between the door and, opposite, around, below,
underneath, across from, close to, on top of, to the left of, left of, right of
""")
COLORS = _split("""
red, green, blue, yellow, orange, purple, pink, white, warm white, cold white, cool white, turquoise, cyan, magenta, teal,
violet, lavender, amber, gold, lime, indigo, soft white, daylight, crimson, salmon, mint, coral, sky blue, dark blue, navy,
light blue, dark green, deep red, hot pink, rose, peach, beige, brown, aqua, maroon, olive, scarlet, lilac
""")
ITEMS = _split("""
milk, eggs, bread, butter, cheese, apples, bananas, tomatoes, potatoes, onions, garlic, rice, pasta, flour, sugar, salt,
olive oil, coffee, tea, orange juice, yogurt, chicken, beef, salmon, toilet paper, paper towels, dish soap, laundry detergent,
shampoo, toothpaste, batteries, light bulbs, cat food, dog food, ice cream, chocolate, beer, red wine, sparkling water,
a loaf of bread, two liters of milk, a dozen eggs, six bananas, three avocados, 2 cartons of oat milk, a bag of rice,
500 grams of flour, ground beef, soy sauce, peanut butter, maple syrup, cinnamon, basil, spinach, lettuce, cucumbers, carrots,
mushrooms, bell peppers, zucchini, lemons, limes, strawberries, blueberries, grapes, oatmeal, cereal, granola, honey, jam,
crackers, chips, popcorn, tortillas, beans, lentils, chickpeas, tofu, bacon, sausages, ham, tuna, shrimp, cream cheese,
sour cream, heavy cream, mozzarella, parmesan, vinegar, mustard, ketchup, mayonnaise, hot sauce, baking powder, vanilla,
nappies, diapers, wipes, tissues, sponges, trash bags, bin bags, aluminum foil, cling film, candles, matches, stamps,
printer paper, duct tape, a birthday card, wrapping paper, aa batteries, a new toothbrush, sunscreen, band-aids, aspirin,
kombucha, tahini, sriracha, quinoa, halloumi, gochujang, sauerkraut, pak choi, kimchi, za'atar, buckwheat, paprika, nutmeg
""")
TASKS = _split("""
call the dentist, water the plants, take out the trash, clean the gutters, pay the rent, fix the tap, walk the dog,
book the ferry tickets, do the laundry, mow the lawn, renew my passport, buy a present for anna, return the library books,
change the air filter, vacuum the car, iron the shirts, clean the oven, pick up the parcel, email the landlord, file taxes,
sharpen the knives, feed the cat, empty the dishwasher, order new filters, paint the fence, descale the kettle, pack socks,
back up the laptop, charge the drill, sweep the chimney, oil the hinges, call mum, get the car washed, replace the gasket,
grease the bearings, check the tire pressure, schedule the inspection, write to the bank, defrost the freezer, buy stamps,
read chapter four, practice the violin, finish the report, send the invoices, bleed the radiators, prune the roses
""")
LISTS = _split("""
to-do, todo, to do, chores, packing, camping, party, work, homework, hardware store, wish, reading, movie, weekend, garden,
birthday, christmas, holiday, errands, cleaning, maintenance, inspection, repair, school, office, pharmacy, ikea, costco,
travel, baby, guest, ideas, bucket, gift, bike, car, boat, project, moving, renovation, diy, workshop, meal plan, spare parts
""")
MUSIC = _split("""
jazz, classical music, the beatles, miles davis, queen, pink floyd, daft punk, adele, taylor swift, mozart, beethoven,
bohemian rhapsody, stairway to heaven, hotel california, thriller, rain sounds, white noise, ocean waves, my running playlist,
my liked songs, dinner music, christmas songs, lo-fi beats, 80s hits, nineties rock, country, reggae, techno, ambient, metal,
hip hop, the daily news podcast, radio 4, bbc radio one, classic fm, star wars, the lion king, breaking bad, friends, frozen,
some old blues, piano music, whale songs, fireplace sounds, the moonlight sonata, a podcast about history, johnny cash,
nina simone, radiohead, bach cello suites, the four seasons, abba, fleetwood mac, dark side of the moon, kind of blue, ella
fitzgerald, bob marley, workout mix, sleep sounds, bedtime stories, harry potter, the hobbit, desert island discs, blue planet
""")
TIMER_NAMES = _split("""
pizza, pasta, egg, eggs, tea, laundry, bread, chicken, rice, cookies, cake, nap, workout, break, homework, oven, steak,
potato, dough, soup, roast, study, screen time, meeting, plank, parking, washing, dryer, sourdough, brownies, curry, lasagna,
coffee, medicine, meditation, sauna, bath, glue, paint, resin, curing, cooling, quiche, risotto, kettle, turkey, ribs
""")
CITIES = _split("""
paris, london, berlin, new york, tokyo, madrid, rome, oslo, vienna, sydney, chicago, boston, seattle, denver, miami, dublin,
amsterdam, brussels, lisbon, prague, warsaw, helsinki, stockholm, copenhagen, zurich, munich, hamburg, milan, barcelona,
toronto, vancouver, montreal, cape town, nairobi, cairo, mumbai, delhi, bangkok, seoul, osaka, beijing, shanghai, singapore,
auckland, lima, bogota, santiago, mexico city, san francisco, los angeles, portland, austin, edinburgh, leeds, bristol
""")
MESSAGES = _split("""
dinner is ready, lunch is on the table, it's time to leave, the bus is here, breakfast is served, we're leaving in ten minutes,
the pizza has arrived, everyone come downstairs, please brush your teeth, bedtime, i'm home, i'll be late, the meeting starts now,
someone is at the door, turn down the music, the laundry is done, movie night starts at eight, don't forget your keys,
the dog needs to go out, shut the windows it's raining, cake in the kitchen, happy birthday grandma, the taxi is waiting,
shift change in five minutes, line two is stopping for maintenance, please clear the loading dock, coffee break, wake up,
homework first, the plumber is here, we need to talk, grandma is calling, wash your hands, put your shoes on, the game is starting,
lights out in ten minutes, the boat leaves at noon, please evacuate the hall, good night everyone, who took my charger
""")
SCENES = _split("""
movie night, dinner, bedtime, good morning, good night, romantic, party, relax, reading, sunset, cozy, focus, work, gaming,
breakfast, christmas, cleaning, wake up, leaving home, arrive home, cinema, yoga, meditation, bright, night, aurora, tropical,
rainy day, date night, homework, guests, cooking, siesta, concert, halloween, winter evening, spa, campfire, stargazing
""")
