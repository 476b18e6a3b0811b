/** Which tenant of each vendor the stand-ins play. */
export const SAMPLE_ACCOUNTS = { salesforce: '00DLF0000000001', kantata: '7001', workday: 'larkfield', netsuite: '7654321_SB1' } as const;
