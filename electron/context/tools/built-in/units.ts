import {
	ArithmeticProblem,
	add,
	divide,
	formatRational,
	multiply,
	parseRational,
	type Rational,
	rational,
	subtract,
} from './rational.ts';

/** A unit: its size in the base unit of its kind, and for temperatures its zero point. */
interface Unit {
	readonly kind: string;
	readonly factor: Rational;
	readonly zero: Rational;
}

const none = rational(0n);
const units = new Map<string, Unit>();

/** Sizes are exact by definition, as decimals or as "a/b". */
function define(kind: string, sizes: Readonly<Record<string, string>>): void {
	for (const [names, size] of Object.entries(sizes)) {
		const [n = '', d = '1'] = size.split('/');
		const factor = divide(parseRational(n), parseRational(d));
		for (const name of names.split(' ')) units.set(name, { kind, factor, zero: none });
	}
}

define('length', {
	'm metre meter metres meters': '1',
	'km kilometre kilometer kilometres kilometers': '1000',
	'cm centimetre centimeter centimetres centimeters': '0.01',
	'mm millimetre millimeter millimetres millimeters': '0.001',
	'um µm micrometre micrometer micrometres micrometers': '1e-6',
	'nm nanometre nanometer nanometres nanometers': '1e-9',
	'in inch inches': '0.0254',
	'ft foot feet': '0.3048',
	'yd yard yards': '0.9144',
	'mi mile miles': '1609.344',
	'nmi nautical_mile nautical_miles': '1852',
	'ly light_year light_years': '9460730472580800',
	'au astronomical_unit astronomical_units': '149597870700',
});
define('mass', {
	'kg kilogram kilograms': '1',
	'g gram grams': '0.001',
	'mg milligram milligrams': '1e-6',
	'ug µg microgram micrograms': '1e-9',
	't tonne tonnes': '1000',
	'lb lbs pound pounds': '0.45359237',
	'oz ounce ounces': '0.028349523125',
	'st stone stones': '6.35029318',
	'ton short_ton short_tons': '907.18474',
	'long_ton long_tons': '1016.0469088',
});
define('time', {
	's sec second seconds': '1',
	'ms millisecond milliseconds': '0.001',
	'us µs microsecond microseconds': '1e-6',
	'ns nanosecond nanoseconds': '1e-9',
	'min minute minutes': '60',
	'h hr hour hours': '3600',
	'd day days': '86400',
	'week weeks': '604800',
	// Gregorian mean.
	'year years': '31556952',
});
define('area', {
	'm2 m² square_metre square_meter square_metres square_meters': '1',
	'km2 km² square_kilometre square_kilometer': '1e6',
	'cm2 cm² square_centimetre square_centimeter': '1e-4',
	'ha hectare hectares': '1e4',
	'acre acres': '4046.8564224',
	'ft2 ft² square_foot square_feet': '0.09290304',
	'in2 in² square_inch square_inches': '0.00064516',
	'mi2 mi² square_mile square_miles': '2589988.110336',
});
define('volume', {
	'l litre liter litres liters': '1',
	'ml millilitre milliliter millilitres milliliters': '0.001',
	'cl centilitre centiliter centilitres centiliters': '0.01',
	'm3 m³ cubic_metre cubic_meter cubic_metres cubic_meters': '1000',
	'cm3 cm³ cc': '0.001',
	'gal gallon gallons': '3.785411784',
	'qt quart quarts': '0.946352946',
	'pt pint pints': '0.473176473',
	'cup cups': '0.2365882365',
	'floz fl_oz fluid_ounce fluid_ounces': '0.0295735295625',
	'tbsp tablespoon tablespoons': '0.01478676478125',
	'tsp teaspoon teaspoons': '0.00492892159375',
	'imperial_gallon imperial_gallons': '4.54609',
	'imperial_pint imperial_pints': '0.56826125',
});
define('speed', {
	'm/s mps': '1',
	'km/h kmh kph': '1000/3600',
	'mph mi/h MPH': '0.44704',
	'kn knot knots': '1852/3600',
	'ft/s': '0.3048',
});
define('energy', {
	'J joule joules': '1',
	'kJ kilojoule kilojoules': '1000',
	'mJ millijoule millijoules': '0.001',
	'MJ megajoule megajoules': '1e6',
	'cal calorie calories': '4.184',
	'kcal kilocalorie kilocalories': '4184',
	'Wh watt_hour watt_hours': '3600',
	'kWh kilowatt_hour kilowatt_hours': '3600000',
	'eV electronvolt electronvolts': '1.602176634e-19',
	'BTU btu': '1055.05585262',
});
define('power', {
	'W watt watts': '1',
	'mW milliwatt milliwatts': '0.001',
	'kW kilowatt kilowatts': '1000',
	'MW megawatt megawatts': '1e6',
	'PS metric_horsepower': '735.49875',
	'hp horsepower': '745.69987158227022',
});
define('pressure', {
	'Pa pascal pascals': '1',
	'hPa hectopascal hectopascals mbar millibar': '100',
	'kPa kilopascal kilopascals': '1000',
	'bar bars': '100000',
	'atm atmosphere atmospheres': '101325',
	'psi PSI': '44482216152605/6451600000',
	'mmHg torr': '101325/760',
});
define('data', {
	'B byte bytes': '1',
	'bit bits': '1/8',
	'kB kilobyte kilobytes': '1000',
	'MB megabyte megabytes': '1e6',
	'GB gigabyte gigabytes': '1e9',
	'TB terabyte terabytes': '1e12',
	'KiB kibibyte kibibytes': '1024',
	'MiB mebibyte mebibytes': '1048576',
	'GiB gibibyte gibibytes': '1073741824',
	'TiB tebibyte tebibytes': '1099511627776',
	'kbit kb kilobit kilobits': '125',
	'Mbit Mb megabit megabits': '125000',
	'Gbit Gb gigabit gigabits': '125000000',
});
for (const [names, factor, zero] of [
	['K kelvin', rational(1n), none],
	['C °C celsius', rational(1n), rational(27315n, 100n)],
	['F °F fahrenheit', rational(5n, 9n), rational(45967n * 5n, 900n)],
] as const) {
	for (const name of names.split(' ')) units.set(name, { kind: 'temperature', factor, zero });
}

/** Whether a word is written out, so that capital letters mean nothing; a Calorie is a thousand calories to many. */
function isWord(name: string): boolean {
	return /^[a-z_]{4,}$/.test(name) && !name.startsWith('calorie');
}

/** Capital letters tell units apart (MB and Mb, mJ and MJ), except in words that are written out. */
function findUnit(name: string): Unit {
	const key = name.trim().replaceAll(' ', '_');
	const word = key.toLowerCase();
	const found = units.get(key) ?? (isWord(word) ? units.get(word) : undefined);
	if (found !== undefined) return found;
	const alike = [...units.keys()].filter((one) => one.toLowerCase() === word);
	const hint = alike.length === 0 ? '' : `; mind capital letters: ${alike.join(', ')}`;
	throw new ArithmeticProblem(`“${name.slice(0, 50)}” is no unit that is known here${hint}`);
}

/** Converts a quantity: `convert('5', 'km', 'mi')` is "5 km ≈ 3.10685… mi". Throws `ArithmeticProblem`. */
export function convertUnits(value: string, from: string, to: string): string {
	const [source, target] = [findUnit(from), findUnit(to)];
	if (source.kind !== target.kind)
		throw new ArithmeticProblem(`${from} is a unit of ${source.kind}, ${to} of ${target.kind}`);
	const base = add(multiply(parseRational(value), source.factor), source.zero);
	const result = divide(subtract(base, target.zero), target.factor);
	const text = formatRational(result);
	const sign = text.includes('≈') ? text.slice(text.indexOf('≈')) : `= ${text}`;
	return `${value.trim()} ${from.trim()} ${sign} ${to.trim()}`;
}
