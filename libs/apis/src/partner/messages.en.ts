/**
 * What a partner is told of its own, in English. Code -> sentence. None has a parameter: whatever a
 * sentence of ours was made of may be another's.
 */
const catalogue = {
  'partner.blocked.assignment': 'The person is not assigned to the project on that day, or in another role.',
  'partner.blocked.contract': 'The project does not take bookings on that day.',
  'partner.blocked.day': 'More time is booked on that day than a day may have, or none at all.',
  'partner.blocked.expense': 'The expense is not complete, or is more than was agreed.',
  'partner.blocked.person': 'It is not clear who worked: check the e-mail address and the dates of the person.',
  'partner.blocked.receipt': 'A receipt is missing.',
  'partner.blocked.with-us': 'We have to settle something first; there is nothing for you to do.',
} as const;
export default catalogue;
