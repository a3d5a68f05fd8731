// Words the shop's people and things are made of. Names are common ones of many countries; e-mail domains are those of RFC 2606.
const split = (words: string): readonly string[] => words.split(' ');

export const firstNames = split(
  'Ada Aisha Alejandro Amara Anders Anna Antoine Aoife Ben Bruno Camille Carlos Chen Chiara Daniel David Diego Elena Elif Emma Erik Fatima Felix Freya Gabriel Giulia Hana Hannah Hugo Ines Ingrid Isabella Ivan Jakub James Jan Jana Javier Joana Johan Jonas Julia Kai Karim Katarzyna Kenji Lars Laura Lea Leila Leo Liam Lin Linh Louise Lucas Lucia Luka Maja Marco Maria Marie Mateo Maya Mei Mia Miguel Mila Mohamed Nadia Nina Noah Nora Oliver Olivia Omar Oscar Paula Pedro Petra Priya Rafael Raj Rosa Ryan Samuel Sara Sofia Sophie Stefan Tariq Thomas Tomas Valentina Vera Viktor Wei Yara Yuki Zoe',
);
export const lastNames = split(
  'Adams Ali Almeida Andersson Bauer Becker Bianchi Brown Carvalho Chen Clark Costa Davies Dubois Eriksen Evans Fernandez Ferrari Fischer Garcia Gomez Gonzalez Haddad Hansen Harris Hoffmann Horvat Hughes Ito Jansen Jensen Johansson Johnson Jones Kaya Keller Khan Kim Kowalski Kumar Larsen Laurent Lee Lefebvre Lehmann Lewis Li Lindberg Lopez Martin Martinez Mendes Meyer Moreau Moretti Muller Murphy Nakamura Nguyen Nielsen Novak Nowak Obrien Okafor Olsen Oliveira Patel Pereira Perez Petrov Popescu Ricci Roberts Rossi Russo Sanchez Santos Sato Schmidt Schneider Schulz Sharma Silva Singh Smith Svensson Takahashi Tanaka Taylor Thomas Torres Varga Virtanen Wagner Walker Wang Weber White Wilson Yilmaz Zhang',
);
export const emailDomains = split('example.com example.com example.com example.org example.net mail.example.com');

/** Most customers are at the front. */
export const countries = split('DE DE DE DE FR FR FR GB GB US US ES ES IT IT NL NL PL SE DK AT CH BE PT IE FI NO CZ JP BR');
export const cities: Readonly<Record<string, readonly string[]>> = {
  DE: split('Berlin Hamburg Munich Cologne Leipzig'),
  FR: split('Paris Lyon Lille Nantes'),
  GB: split('London Leeds Bristol Glasgow'),
  US: split('Boston Chicago Denver Seattle'),
  ES: split('Madrid Valencia Bilbao'),
  IT: split('Milan Rome Turin'),
};
export const otherCities = split('Riverton Northport Oldtown Lakeside');
export const streets = split('Main Station Garden Mill Church School Park Bridge Market Forest');

export const adjectives = split(
  'Alpine Basic Classic Compact Cotton Deluxe Eco Everyday Foldable Linen Merino Mini Modern Nordic Organic Pocket Pro Solid Travel Urban',
);
export const things: Readonly<Record<string, readonly string[]>> = {
  Outdoor: split('Tent Backpack Lantern Bottle Hammock'),
  Kitchen: split('Kettle Pan Knife Mug Grinder'),
  Clothing: split('Jacket Sweater Scarf Socks Shirt'),
  Office: split('Notebook Lamp Chair Desk Organizer'),
  Toys: split('Puzzle Kite Blocks Train Robot'),
};
export const departments = split('Engineering Sales Support Finance Marketing Operations Legal');
export const titles = split('Associate Specialist Analyst Engineer Manager Lead');
