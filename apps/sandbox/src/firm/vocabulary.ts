import type { FirmCostCentre, FirmEntity, FirmExpenseCategory, FirmRole, FirmTaxCode, FirmTerm } from './firm.js';

export const ENTITIES: FirmEntity[] = [
  { code: 'LF-US', name: 'Larkfield Inc', country: 'US', currency: 'USD', taxRegistration: '47-2913846' },
  { code: 'LF-UK', name: 'Larkfield Ltd', country: 'GB', currency: 'GBP', taxRegistration: 'GB412893744' },
  { code: 'LF-DE', name: 'Larkfield GmbH', country: 'DE', currency: 'EUR', taxRegistration: 'DE287461930' },
];

/** Rate per hour in US dollars and cost per hour, both before an entity's own level is applied. */
export const ROLES: (FirmRole & { rate: number; cost: number })[] = [
  role('ARCHITECT', 'Architect', ['Cloud Architecture', 'Integration Design', 'Security'], 260, 112),
  role('PROJECT_MANAGER', 'Project Manager', ['Project Management', 'Agile Delivery', 'Risk Management'], 210, 92),
  role('SENIOR_CONSULTANT', 'Senior Consultant', ['Process Design', 'Workshop Facilitation', 'Finance Transformation'], 225, 96),
  role('CONSULTANT', 'Consultant', ['Process Design', 'Documentation', 'Data Migration'], 165, 66),
  role('DEVELOPER', 'Developer', ['TypeScript', 'Java', 'API Development'], 175, 70),
  role('DATA_ENGINEER', 'Data Engineer', ['SQL', 'Data Modelling', 'Snowflake'], 190, 78),
  role('BUSINESS_ANALYST', 'Business Analyst', ['Requirements', 'Process Design', 'Reporting'], 170, 68),
  role('TEST_ENGINEER', 'Test Engineer', ['Test Automation', 'Performance Testing', 'Test Management'], 150, 60),
];

function role(code: string, name: string, skills: string[], rate: number, cost: number) {
  return { code, name, productCode: `SVC-${code.replaceAll('_', '-')}`, skills, rate, cost };
}

/** The price level of an entity relative to the dollar figures above, in percent. */
export const LEVEL: Record<string, number> = { 'LF-US': 100, 'LF-UK': 80, 'LF-DE': 90 };

export const LOCATIONS: Record<string, string[]> = {
  'LF-US': ['Boston', 'Chicago', 'Denver'],
  'LF-UK': ['London', 'Leeds', 'Edinburgh'],
  'LF-DE': ['Berlin', 'Hamburg', 'München'],
};

/** The offices' regions in ISO 3166-2. */
export const REGIONS: Record<string, string> = {
  Boston: 'US-MA',
  Chicago: 'US-IL',
  Denver: 'US-CO',
  London: 'GB-ENG',
  Leeds: 'GB-ENG',
  Edinburgh: 'GB-SCT',
  Berlin: 'DE-BE',
  Hamburg: 'DE-HH',
  München: 'DE-BY',
};

export const COST_CENTRES: FirmCostCentre[] = [
  { code: 'CC-210', practice: 'Cloud and Data' },
  { code: 'CC-220', practice: 'Application Engineering' },
  { code: 'CC-230', practice: 'Business Applications' },
  { code: 'CC-240', practice: 'Advisory' },
  { code: 'CC-250', practice: 'Managed Services' },
];

export const TAX_CODES: FirmTaxCode[] = [
  tax('US-N0', 'US professional services, not taxable', 'US', '0.00', 'LF-US', 'US'),
  tax('US-X0', 'US services exported', 'US', '0.00', 'LF-US', '*'),
  tax('GB-S20', 'UK standard rate', 'GB', '20.00', 'LF-UK', 'GB'),
  tax('GB-X0', 'UK services exported, outside the scope of VAT', 'GB', '0.00', 'LF-UK', '*'),
  tax('DE-S19', 'German standard rate', 'DE', '19.00', 'LF-DE', 'DE'),
  tax('DE-RC-AT', 'EU reverse charge, Austria', 'DE', '0.00', 'LF-DE', 'AT'),
  tax('DE-RC-FR', 'EU reverse charge, France', 'DE', '0.00', 'LF-DE', 'FR'),
  tax('DE-RC-NL', 'EU reverse charge, Netherlands', 'DE', '0.00', 'LF-DE', 'NL'),
  tax('DE-X0', 'German services exported', 'DE', '0.00', 'LF-DE', '*'),
];

function tax(code: string, name: string, country: string, ratePercent: string, entity: string, customerCountry: string): FirmTaxCode {
  return { code, name, country, ratePercent, entity, customerCountry };
}

export const TERMS: FirmTerm[] = [
  { name: 'Net 14', days: 14 },
  { name: 'Net 30', days: 30 },
  { name: 'Net 60', days: 60 },
];

export const EXPENSE_CATEGORIES: FirmExpenseCategory[] = [
  { name: 'Air travel', erpCode: 'AIRFARE', billing: 'at-cost', receiptFrom: '0.00', limit: '3000.00' },
  { name: 'Hotel', erpCode: 'LODGING', billing: 'at-cost', receiptFrom: '0.00', limit: '400.00' },
  { name: 'Taxi and rail', erpCode: 'GROUND-TRANSPORT', billing: 'at-cost', receiptFrom: '25.00', limit: '300.00' },
  { name: 'Mileage', erpCode: 'MILEAGE', billing: 'per-unit', receiptFrom: null, limit: null },
  { name: 'Meals', erpCode: 'MEALS', billing: 'at-cost', receiptFrom: '25.00', limit: '120.00' },
  { name: 'Software', erpCode: 'SOFTWARE', billing: 'mark-up', receiptFrom: '0.00', limit: '5000.00' },
  { name: 'Entertainment', erpCode: null, billing: 'at-cost', receiptFrom: '0.00', limit: '250.00' },
];

export const FIRST_NAMES = [
  'Ada',
  'Amir',
  'Anna',
  'Ben',
  'Bianca',
  'Carla',
  'Chidi',
  'Clara',
  'David',
  'Dina',
  'Elena',
  'Emil',
  'Farah',
  'Félix',
  'Grace',
  'Hana',
  'Hugo',
  'Inés',
  'Isaac',
  'Jana',
  'Jonas',
  'Kofi',
  'Lara',
  'León',
  'Lucy',
  'Malik',
  'Maria',
  'Milan',
  'Nadia',
  'Nils',
  'Nora',
  'Óscar',
  'Paula',
  'Priya',
  'Quinn',
  'Rafaël',
  'Rosa',
  'Samir',
  'Sofía',
  'Théo',
  'Tilda',
  'Uma',
  'Viktor',
  'Wanda',
  'Xavier',
  'Yara',
  'Zoë',
];

export const LAST_NAMES = [
  'Abbott',
  'Adeyemi',
  'Becker',
  'Bennett',
  'Brandt',
  'Castillo',
  'Chen',
  'Costa',
  'Dietrich',
  'Dunn',
  'Eriksson',
  'Farrell',
  'Fischer',
  'Grant',
  'Haddad',
  'Hayes',
  'Iqbal',
  'Jensen',
  'Kaur',
  'Keller',
  'Lang',
  'Lindqvist',
  'Marsh',
  'Mendès',
  'Nakamura',
  'Novák',
  'Okafor',
  'Osborne',
  'Patel',
  'Quist',
  'Reyes',
  'Richter',
  'Sandoval',
  'Schmid',
  'Tanaka',
  'Turner',
  'Ueda',
  'Vogel',
  'Walsh',
  'Winter',
  'Yılmaz',
  'Zimmer',
];
